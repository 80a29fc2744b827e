"""Parcels as people see them, and what is printed for them."""
