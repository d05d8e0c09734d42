"""Daily counts already summed, from files."""
