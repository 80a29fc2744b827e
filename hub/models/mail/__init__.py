"""Mail that came in, its reviews, and the customers who wrote."""
