"""The trace of a lot, and what a recall of it reaches."""
