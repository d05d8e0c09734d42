"""Past stretches of weather of today's season, and which of them each path goes on with.

A path that takes the errors of a past day goes on as it went on then, while the archive of issued forecasts holds the
season of LEAST_YEARS years. A young archive holds other seasons, or this one once: its paths go on as in a stretch of
the season of any year, the wettest with the wettest (ranks paired, as in the Schaake shuffle: Clark et al. 2004).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, Weather
from domain.words import WEATHER_VARIABLES
from models.season import days_apart

Days = NDArray[np.intp]

SEASON_WINDOW_DAYS = 20
LEAST_STRETCHES = 20
LEAST_YEARS = 3
RAIN = WEATHER_VARIABLES.index("precipitation_mm")


def season_starts(weather: Weather, usable: NDArray[np.bool_], origin: pd.Timestamp) -> Days:
    """Usable days (T_w,) of the origin's season in all years, as positions; the season widens until LEAST_STRETCHES are
    found, so that a short history still gives an ensemble. Empty where no day is usable."""
    start: Days = np.flatnonzero(usable)
    if not len(start):
        return start
    apart = days_apart(weather.dates[start], origin)
    window = max(float(SEASON_WINDOW_DAYS), float(np.sort(apart)[min(LEAST_STRETCHES, len(apart)) - 1]))
    return start[apart <= window]


def followed(weather: Weather, day: Days, starts: Days, amounts: Floats, rng: np.random.Generator) -> Days:
    """(P,) the day whose following stretch each path goes on with.

    day: (P,) whose errors it takes. starts: `season_starts`. amounts: (P, L, V) what the path holds of rain by then.
    """
    is_own = np.isin(day, starts)
    if len(np.unique(weather.dates[day[is_own]].year)) >= LEAST_YEARS:
        others = np.flatnonzero(~is_own)
    else:
        others = np.arange(len(day))
    rounds = -(-len(others) // len(starts))
    drawn = np.concatenate([rng.permutation(starts) for _ in range(max(rounds, 1))])[: len(others)]
    own = _wet(stretches(weather, drawn, amounts.shape[1]), rng)
    path = _wet(amounts[others], rng)
    out: Days = day.copy()
    out[others[np.argsort(path)]] = drawn[np.argsort(own)]
    return out


def stretches(weather: Weather, day: Days, horizon: int) -> Floats:
    """Observed weather of the `horizon` days after each day, (P, H, V)."""
    out: Floats = weather.values[day[:, None] + np.arange(1, horizon + 1)]
    return out


def _wet(values: Floats, rng: np.random.Generator) -> Floats:
    """(P,) rain of a stretch (P, L, V), ties broken by chance."""
    total: Floats = np.nansum(values[:, :, RAIN], axis=1) + 1e-9 * rng.random(len(values))
    return total
