"""The way in: messages written down, lists walked, orders typed, and what they become."""
