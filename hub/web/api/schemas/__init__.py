"""The shapes the API takes and gives, one file a noun."""
