"""Step 8: what we owe the channels, and where they and we differ."""
