"""The weather of a day as the mean of its paths, in words, against what is usual where it brings less."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.reasons import WEEKDAYS

WET_MM = 1.0
SNOW_MM = 5.0
DOWNPOUR_MM = 10.0
"""In one hour: about what DWD warns of as heavy rain (15 mm), as a mean over paths."""
BEFORE_DAYS = 3
LIKELY, NOTABLE = 0.5, 0.1
NOTABLE_C = 1.5
"""Weather is a reason where it differs from what is usual: chances of frost by NOTABLE, mean temperatures by this."""


def weather_clause(weather: WeatherPaths, climate: WeatherPaths | None, index: int) -> str:
    """Rain of the day, or of the days before, snow and frost: '38 mm expected on Thursday'."""
    day = WEEKDAYS[weather.dates[index].day_of_week]
    rain = expected(weather, "precipitation_mm")
    usual = rain if climate is None else expected(climate, "precipitation_mm")
    parts = []
    if rain[index] >= WET_MM and rain[index] >= usual[index]:
        parts.append(f"{rain[index]:.0f} mm expected on {day}{_hardest(weather, index)}")
    before = float(rain[max(0, index - BEFORE_DAYS) : index].sum())
    usually_before = float(usual[max(0, index - BEFORE_DAYS) : index].sum())
    if before >= max(WET_MM, 2 * rain[index]) and before >= usually_before:
        parts.append(f"{before:.0f} mm expected in the days before")
    snow = expected(weather, "snowfall_mm")[index]
    if snow >= SNOW_MM and (climate is None or snow >= expected(climate, "snowfall_mm")[index]):
        parts.append(f"{snow:.0f} mm of snow expected on {day}")
    frost = share_of_frost(weather, index)
    if frost >= LIKELY and (climate is None or frost > share_of_frost(climate, index) + NOTABLE):
        parts.append(f"likely freezing and thawing ({100 * frost:.0f} %)")
    if not parts and usual[index] >= WET_MM and rain[index] < usual[index]:
        return f"only {rain[index]:.0f} mm expected on {day}, usual are {usual[index]:.0f}"
    return ", ".join(parts) if parts else f"little rain expected{_warmth(weather, climate, index)}"


def _hardest(weather: WeatherPaths, index: int) -> str:
    """The hardest hour, where it is expected to be a downpour."""
    hour = float(expected(weather, "precipitation_max_hour_mm")[index])
    return f", {hour:.0f} of them in one hour" if hour >= DOWNPOUR_MM else ""


def _warmth(weather: WeatherPaths, climate: WeatherPaths | None, index: int) -> str:
    """How warm it is, against what is usual where that differs; empty where nothing is known of it."""
    warm = float(expected(weather, "temperature_mean_c")[index])
    usual = warm if climate is None else float(expected(climate, "temperature_mean_c")[index])
    if np.isnan(warm):
        return ""
    against = f", usual are {usual:.0f}" if abs(warm - usual) >= NOTABLE_C else ""
    return f", {warm:.0f} °C on average{against}".replace("-", "−")


def expected(weather: WeatherPaths, variable: str) -> Floats:
    """(H,): mean over the paths; NaN where the source lacks the variable."""
    values = weather.values[:, :, WEATHER_VARIABLES.index(variable)]
    mean: Floats = weather.weight @ values
    return mean


def share_of_frost(weather: WeatherPaths, index: int) -> float:
    """Share of paths that cross 0 °C on the day; 0 where temperature is missing."""
    low = weather.values[:, index, WEATHER_VARIABLES.index("temperature_min_c")]
    high = weather.values[:, index, WEATHER_VARIABLES.index("temperature_max_c")]
    return float(weather.weight @ ((low < 0) & (high > 0)))
