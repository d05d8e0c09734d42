"""The parts that a weather effect is told in, whichever forecaster made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.panel import Floats, WeatherPaths

RAIN, RAIN_SO_FAR = "rain of the day", "rain up to then"
FROST, WARMTH, SNOW, SNOW_DEPTH, WIND = "freezing and thawing", "temperature", "snow", "snow on the ground", "wind"
"""Rain up to then: sums and lags over the last days, some of which hold the day itself."""


def by_part(by_column: Floats, parts: Sequence[str | None]) -> dict[str, Floats]:
    """Part -> (H,), the sum over its columns of (H, K); columns of no part are left out."""
    return {p: by_column[:, [q == p for q in parts]].sum(axis=1) for p in dict.fromkeys(parts) if p is not None}


def mean_path(weather: WeatherPaths) -> Floats:
    """(H, V): the weighted mean over the paths."""
    mean: Floats = np.tensordot(weather.weight, weather.values, axes=1)
    return mean
