"""Lots: which are taken, what they may become, and where they came from."""
