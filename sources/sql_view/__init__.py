"""A view in a city's own database, read and never written."""
