"""Mutants of the permission checks, and the run that expects a test to catch each."""
