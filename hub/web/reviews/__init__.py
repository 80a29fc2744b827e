"""Mail that waits for a person."""
