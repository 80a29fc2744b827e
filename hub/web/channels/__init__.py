"""Connections to shops, their messages, and what only a person can do there."""
