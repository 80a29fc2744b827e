"""Pictures drawn by the server: where every line, bar and word goes, and nothing of the web."""
