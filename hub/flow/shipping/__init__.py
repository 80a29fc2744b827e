"""Step 7: parcels packed, sent, mended, and taken back."""
