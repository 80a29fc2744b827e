"""The buyer's own page."""
