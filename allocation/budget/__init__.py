"""Crews against money over quarters and years, on the draws of the long view."""
