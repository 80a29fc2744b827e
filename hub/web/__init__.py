"""What people and programs see: the pages, and the JSON API in `api/`."""
