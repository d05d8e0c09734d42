"""How far each day of a history may be trusted: gaps, batch entries, catastrophes and level breaks."""
