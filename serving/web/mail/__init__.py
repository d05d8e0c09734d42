"""A publication as one mail: text, tables and still pictures."""
