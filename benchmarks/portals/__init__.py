"""What a sync costs beside the bare calls it makes, and how its memory grows."""
