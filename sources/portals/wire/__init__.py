"""What all protocols share: the polite client, the settings, rows in our columns, the reading of synced rows."""
