"""A pretend Etsy shop that speaks Open API v3 as strictly as Etsy does."""
