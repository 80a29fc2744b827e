"""A pretend Shopify shop: its state, its rules, its GraphQL, its webhooks and its bad days."""
