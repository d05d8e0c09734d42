"""A budget as a workbook with live formulas and as one page."""
