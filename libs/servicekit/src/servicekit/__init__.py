"""What every Django REST service of a suite needs alike. See README.md for the map."""
