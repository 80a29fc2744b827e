"""Step 3: what a listing means in our items, said, tried out, taken back."""
