"""What people and programs see: the pages, a room a noun, and the JSON API in `api/`."""
