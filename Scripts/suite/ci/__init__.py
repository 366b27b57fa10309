"""What the workflows in .github/ call; each command runs the same at home. Standard library only."""
