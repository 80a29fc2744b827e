"""The history of the schema, oldest revision first; it only ever walks forward."""
