"""What leaves a published vintage for other tools: CSV, XLSX, GeoJSON, ICS, sheets to print."""
