"""Recalls and drills."""
