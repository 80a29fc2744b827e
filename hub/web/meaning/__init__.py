"""Mapping: what a listing means in our items."""
