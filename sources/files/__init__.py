"""Requests, weather and areas from files: CSV, gzipped CSV, Parquet, GeoJSON."""
