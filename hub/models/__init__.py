"""Records (SQLAlchemy 2, thin, in `records`) and the queries of domain views, a room a noun."""
