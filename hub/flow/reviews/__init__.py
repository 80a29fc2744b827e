"""Mail that waits for a person: what they say of it, and the order it becomes."""
