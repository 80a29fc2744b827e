"""Who is at the door, what they may open, and whether a form is ours."""
