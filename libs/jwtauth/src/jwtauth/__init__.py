"""Verifies auth's tokens from its published keys and decides who may call a view."""
