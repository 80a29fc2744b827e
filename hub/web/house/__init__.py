"""What is set up once: the workshop, its work centres, its brand, its tables."""
