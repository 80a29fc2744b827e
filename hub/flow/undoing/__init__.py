"""Mistakes taken back, by moves of the other sign."""
