"""Who is written to about what, and when the same thing is news again."""
