"""The first page, the first steps, and everything at a glance."""
