"""Archived issued forecasts beside the weather that followed, each with the older forecasts of the same days.

A day is forecast again on every day before it, and the older issues still tell something (a time-lagged ensemble,
Hoffman and Kalnay 1983): how much, the archive itself says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, IssuedWeather, Known, Weather

MOST_STALE_DAYS = 3
"""An issued forecast older than this says nothing worth conditioning on."""
ISSUES = 6
"""How many issues of one day are looked at: the newest and those of the days before it."""


@dataclass(frozen=True)
class Archive:
    """Past days whose following weather is known, and today. M past days, L leads, J issues, newest first.

    day: (M,) index of each past day in the observed dates. issued: (M, L, J, V) what stood forecast on that day for
    the day `lead` later, by issue; NaN where it was not issued. observed: (M, L, V) what came. now: (M, V) weather
    of the past day itself. today: (L, J, V) and here (V,): the same of today. is_assumed: skill was not measured.
    """

    day: NDArray[np.intp]
    issued: Floats
    observed: Floats
    now: Floats
    today: Floats
    here: Floats
    is_assumed: bool = False

    @property
    def leads(self) -> int:
        return len(self.today)

    def has(self, variable: int) -> bool:
        """Whether today's forecast and the past hold a variable at all."""
        issued = np.isfinite(self.today[:, 0, variable]).any()
        return bool(issued and np.isfinite(self.observed[:, :, variable]).any())


def staleness(issued: IssuedWeather, origin: pd.Timestamp) -> int | None:
    """Days between the newest issue and the origin; None where it is too old to be used."""
    stale = int((origin - issued.origins[-1]).days)
    if not 0 <= stale <= MOST_STALE_DAYS or stale >= issued.values.shape[1]:
        return None
    return stale if np.isfinite(issued.values[-1, stale:]).any() else None


def archive_of(known: Known, usable: NDArray[np.bool_]) -> Archive | None:
    """Past days with a forecast and the weather that followed; None where today has no usable forecast.

    usable: (T_w,) True where the stretch that follows an observed day is complete and known by the origin. A forecast
    up to MOST_STALE_DAYS old is used from the lead that falls on tomorrow, as are the past ones.
    """
    issued, weather = known.issued, known.weather
    if issued is None or weather is None or not len(issued.origins):
        return None
    origin = pd.Timestamp(known.origin)
    stale = staleness(issued, origin)
    if stale is None:
        return None
    first, grid = _by_day(issued)
    of_day = _issues(grid, stale)
    at = np.asarray((weather.dates - first).days, dtype=np.intp)
    inside = (at >= 0) & (at < len(grid))
    there = np.zeros(len(at), dtype=np.bool_)
    there[inside] = np.isfinite(of_day[at[inside], :, 0]).any(axis=(1, 2))
    day = np.flatnonzero(there & usable & (weather.dates < origin))
    leads = of_day.shape[1]
    day = day[day + leads < len(weather.dates)]
    today = of_day[int((origin - first).days)]
    return _collect(weather, day, of_day[at[day]], today)


def _collect(weather: Weather, day: NDArray[np.intp], issued: Floats, today: Floats) -> Archive:
    ahead = day[:, None] + np.arange(1, len(today) + 1)
    values = weather.values
    return Archive(day, issued, values[ahead], values[day], today, values[-1])


def _by_day(issued: IssuedWeather) -> tuple[pd.Timestamp, Floats]:
    """First day of the archive, and (days, leads, V) from it to MOST_STALE_DAYS after the last issue."""
    first, last = issued.origins[0], issued.origins[-1] + pd.Timedelta(days=MOST_STALE_DAYS)
    grid = np.full((int((last - first).days) + 1, *issued.values.shape[1:]), np.nan)
    grid[np.asarray((issued.origins - first).days, dtype=np.intp)] = issued.values
    return first, grid


def _issues(grid: Floats, stale: int) -> Floats:
    """(days, leads, J, V): what the issue `stale` + j days before a day said of the day `lead` after it."""
    days, leads, variables = grid.shape
    out = np.full((days, leads - stale, ISSUES, variables), np.nan)
    for issue in range(ISSUES):
        back = stale + issue
        if back < min(leads, days):
            out[back:, : leads - back, issue] = grid[: days - back, back:]
    return out
