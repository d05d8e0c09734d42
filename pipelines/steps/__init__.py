"""The steps of a run as plain functions: they know neither Prefect nor who listens to their progress."""
