"""Lots called back, and all that they are in."""
