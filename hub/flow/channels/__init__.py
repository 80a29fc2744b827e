"""Connections to shops: made, renewed, switched."""
