"""What the shop shows of what it remembers, in Etsy's words."""
