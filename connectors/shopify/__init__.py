"""Shopify: the Admin GraphQL API and its webhooks."""
