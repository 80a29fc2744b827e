"""Our own letters, and what owners are told."""
