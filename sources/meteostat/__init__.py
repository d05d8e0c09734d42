"""Observed and issued weather through the meteostat library, guarded."""
