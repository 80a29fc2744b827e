"""The Admin GraphQL API of the pretend shop: our SDL subset and the resolvers behind it."""
