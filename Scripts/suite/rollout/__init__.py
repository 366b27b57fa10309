"""`Scripts/release.sh`: one service is replaced by another image while requests come in."""
