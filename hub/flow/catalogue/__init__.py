"""What we hold and how it is made: items, recipes, choices, substitutes, and who sells us what."""
