"""Items and lots."""
