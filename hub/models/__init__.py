"""Records (SQLAlchemy 2, thin) and the queries that return domain views."""
