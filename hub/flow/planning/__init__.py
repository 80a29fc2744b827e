"""Step 4: who gets what, what must be made, when, and what each order is promised."""
