"""The dictionary: what an order is in our words, and which of our items a listing means. Pure."""
