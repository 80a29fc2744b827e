"""Purchases and suppliers."""
