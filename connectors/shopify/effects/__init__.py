"""Telling Shopify what happened: one file a kind of effect, and what they look at first."""
