"""Purchases as people see them: what is needed, what is on its way, and for whom."""
