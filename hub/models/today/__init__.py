"""What needs a person now, and finding anything."""
