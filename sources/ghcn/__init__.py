"""Observed weather from NOAA's GHCN-Daily station files."""
