"""Mail that came, the customers who wrote it, and our own letters."""
