"""The workshop: orders, stock, recipes, planning, production, shipping, the database and the pages."""
