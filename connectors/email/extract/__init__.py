"""Finding ordered lines in the parts of a mail, each with the place it was read from."""
