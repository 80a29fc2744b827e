"""Listings: what is known of them, and which wait for a mapping."""
