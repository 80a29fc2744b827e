"""Parcels, returns, and what is printed."""
