"""Telling Etsy what happened: parcels, tracking and stock, and what is looked at first."""
