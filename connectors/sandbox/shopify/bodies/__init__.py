"""Webhook bodies: the REST shape Shopify still sends, one file per noun."""
