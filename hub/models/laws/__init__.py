"""What must hold among the records at every commit."""
