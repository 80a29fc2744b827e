"""Etsy: one shop through its Open API v3, by polling and by thin webhooks."""
