"""When: what a work centre has left, when runs happen, and what can be promised."""
