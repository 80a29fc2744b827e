"""The ledger, and what people find out about lots."""
