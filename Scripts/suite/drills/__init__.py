"""`Scripts/drill.sh`: the suite on Docker while it is used and something goes wrong, and the reckoning afterwards."""
