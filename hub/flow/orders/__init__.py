"""What people decide about an order, and what a change means for work already begun."""
