"""What happens to an order, where it stands, and what its buyer is shown."""
