"""Runs: the board, the calendar, the page at the bench, and recipes."""
