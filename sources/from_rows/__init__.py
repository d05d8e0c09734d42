"""Areas taken from the rows themselves, where a city has no map."""
