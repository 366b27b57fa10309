"""What Scripts/*.sh run: starting, demonstrating and checking the suite."""
