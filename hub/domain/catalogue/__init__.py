"""Recipes and options: what goods are made of, and what that should cost."""
