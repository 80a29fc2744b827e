"""The plan of everything in memory, and the questions that are asked of it."""
