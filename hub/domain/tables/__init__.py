"""Tables as people keep them: cells, rows of orders, the words of their columns."""
