"""What a letter means: its lines, days, places and sums, and the rule that makes it an order."""
