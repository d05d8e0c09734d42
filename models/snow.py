"""Snow that goes with the temperature and precipitation of a path, as past days of the same kind had it."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Weather
from domain.words import WEATHER_VARIABLES

MEAN = WEATHER_VARIABLES.index("temperature_mean_c")
RAIN = WEATHER_VARIABLES.index("precipitation_mm")
SNOW = WEATHER_VARIABLES.index("snowfall_mm")
DEGREES = np.arange(-20.0, 6.1, 2.0)
"""Edges of the classes of mean temperature; above the last there is no snow."""


def snow_like(weather: Weather, values: Floats) -> None:
    """Snowfall of paths (P, H, V) = precipitation × the usual ratio at that temperature, in place.

    Paths whose temperature or precipitation was moved keep no snow of their own. Nothing changes where snow is not
    observed or never fell.
    """
    observed = weather.values[:, [MEAN, RAIN, SNOW]]
    whole = np.isfinite(observed).all(axis=1) & (observed[:, 1] > 0)
    if not (observed[whole, 2] > 0).any():
        return
    warmth, water, snow = observed[whole].T
    place = np.digitize(warmth, DEGREES)
    classes = len(DEGREES) + 1
    total, fallen = (np.bincount(place, weights=w, minlength=classes) for w in (water, snow))
    seen = np.flatnonzero(total)
    ratio = np.interp(np.arange(classes), seen, fallen[seen] / total[seen])
    ratio[-1] = 0.0
    values[:, :, SNOW] = values[:, :, RAIN] * ratio[np.digitize(values[:, :, MEAN], DEGREES)]
