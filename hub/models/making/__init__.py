"""Runs as people see them: on the board, at the bench, and what came of them."""
