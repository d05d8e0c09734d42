"""The API under /api/v1: what is published, for programs."""
