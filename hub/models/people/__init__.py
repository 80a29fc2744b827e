"""People, what they did, and the views they keep."""
