"""What only hours tell, on weather paths whose rain and temperature were moved: the hardest hour, and passing 0 °C.

Issued forecasts of both are archived; paths take their rain and temperature from the forecast, and these two from the
past day beneath, so that they agree with the path they are on.
"""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Weather
from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES

RAIN, LOW, HIGH, HOUR, CROSSINGS = (
    WEATHER_VARIABLES.index(v)
    for v in ("precipitation_mm", "temperature_min_c", "temperature_max_c", *HOURLY_VARIABLES)
)
WET_MM = 1.0
"""Rain from which the share of its hardest hour says something."""


def hours_like(weather: Weather, before: Floats, values: Floats) -> None:
    """Set both on paths (P, H, V) that were moved from past days `before`, in place.

    The hardest hour keeps its share of the day's rain, crossings stay as they were where the day still passes 0 °C.
    A day that had none takes what is usual in the record; a day whose hours are not known stays unknown.
    """
    values[:, :, HOUR] = _hour(weather, before, values[:, :, RAIN])
    values[:, :, CROSSINGS] = _crossings(weather, before, values[:, :, LOW], values[:, :, HIGH])


def _hour(weather: Weather, before: Floats, rain: Floats) -> Floats:
    had, came = before[:, :, HOUR], before[:, :, RAIN]
    wet = weather.values[:, RAIN] >= WET_MM
    shares = weather.values[wet, HOUR] / weather.values[wet, RAIN]
    usual = _median(shares)
    share = np.divide(had, came, out=np.full(had.shape, usual), where=came >= WET_MM)
    hour: Floats = np.where(np.isnan(had), np.nan, rain * np.clip(share, 0.0, 1.0))
    return hour


def _crossings(weather: Weather, before: Floats, low: Floats, high: Floats) -> Floats:
    had = before[:, :, CROSSINGS]
    usual = np.round(_median(weather.values[weather.values[:, CROSSINGS] > 0, CROSSINGS]))
    passes = np.where(had > 0, had, usual)
    is_known = np.isfinite(low) & np.isfinite(high)
    moved = np.where((low < 0) & (high > 0), passes, 0.0)
    crossings: Floats = np.where(np.isnan(had) | ~is_known, had, moved)
    return crossings


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else np.nan
