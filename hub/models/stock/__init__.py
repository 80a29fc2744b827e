"""Lots and the ledger as people see them."""
