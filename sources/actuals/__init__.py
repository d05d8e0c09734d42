"""End-of-shift sheets: what crews really did, from CSV or the published workbook filled in."""
