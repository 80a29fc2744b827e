"""The workshop: orders, stock, recipes, planning, production, shipping, database and pages."""
