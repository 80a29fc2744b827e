"""What the workshop says of itself: its habits, and how buyers see it."""
