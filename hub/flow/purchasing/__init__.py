"""Purchase orders, from draft to goods."""
