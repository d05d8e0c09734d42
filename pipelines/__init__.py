"""Thin Prefect flows over pure steps. The only place that imports Prefect, and that joins sources to storage."""
