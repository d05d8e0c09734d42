"""What an ordinary day would have brought: the level of the weeks around it × its weekday, and how wet it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from domain.panel import Floats, Ints, Known, Weather
from domain.words import WEATHER_VARIABLES
from features.nowcast import nowcast

SIDE_DAYS = 28
LEAST_SIDE_DAYS = 7
UPPER, LOWER = 0.75, 0.25
"""Quantiles of a side's days. The upper one stays above 0 where most days have no request; the lower one is high only
where nearly all days have many."""
DRY_MM = 5.0
WET_DAYS, FROST_DAYS, AFTERMATH_DAYS = 3, 6, 14
EXTREME_SHARE = 0.995
EXTREME_MM = 50.0
"""Rain of three days that is no extreme, however dry the place."""
LEAST_YEAR = 365


@dataclass(frozen=True)
class Days:
    """Of a category in the whole city, (T,) each.

    requests: filed that day. factor: of the weekday, mean 1. Ordinary requests by the days around: ordinary (the
    busier side, so that the first days of a new level are not out of line with it), calm (the quieter side), sure (as
    many as nearly all days of the quieter side have). is_dry: weather explains nothing. is_extreme: an extreme of
    weather lies on the day or within two weeks before.
    """

    dates: pd.DatetimeIndex
    requests: Ints
    factor: Floats
    ordinary: Floats
    calm: Floats
    sure: Floats
    is_dry: NDArray[np.bool_]
    is_extreme: NDArray[np.bool_]


def days_of(known: Known, category: str) -> Days:
    """Of one category. Requests without an area count, as the city's level is what is looked at; requests still to be
    reported count as expected."""
    demand = known.demand
    c = demand.categories.index(category)
    filed: Ints = demand.counts[c].sum(axis=0) + demand.unlocated[c]
    requests: Ints = np.rint(nowcast(filed[None], demand.share_of(category))[0]).astype(np.int32)
    return looked_at(known, requests)


def days_of_all(known: Known) -> Days:
    """Of all categories together, as filed."""
    return looked_at(known, known.demand.counts.sum(axis=(0, 1)) + known.demand.unlocated.sum(axis=0))


def looked_at(known: Known, requests: Ints) -> Days:
    """Daily requests (T,) beside what ordinary days would have brought."""
    factor = weekday_factor(requests, known.demand.dates)
    is_dry, is_extreme = _weather(known.weather, known.demand.dates)
    level = requests / factor
    upper, lower = sides(level, UPPER), sides(level, LOWER)
    ordinary, calm, sure = (
        np.where(np.isnan(v), np.quantile(level, q), v) * factor
        for v, q in ((np.fmax(*upper), UPPER), (np.fmin(*upper), UPPER), (np.fmin(*lower), LOWER))
    )
    return Days(known.demand.dates, requests, factor, ordinary, calm, sure, is_dry, is_extreme)


def weekday_factor(requests: Ints, dates: pd.DatetimeIndex) -> Floats:
    """(T,) weekday's mean ÷ mean of all days, of counts bounded at their 98th percentile; never below 0.05."""
    bounded = np.minimum(requests, max(float(np.quantile(requests, 0.98)), 1.0))
    weekday = np.asarray(dates.day_of_week)
    sums = np.bincount(weekday, bounded, minlength=7) + bounded.mean()
    means = sums / (np.bincount(weekday, minlength=7) + 1)
    if not bounded.any():
        return np.ones(len(requests))
    factor: Floats = np.maximum(means / max(means.mean(), 1e-9), 0.05)[weekday]
    return factor


def sides(level: Floats, share: float) -> tuple[Floats, Floats]:
    """(T,) quantile of the four weeks before each day and of those after, itself left out; NaN where a side has fewer
    than LEAST_SIDE_DAYS days."""
    padded = np.concatenate([np.full(SIDE_DAYS, np.nan), level, np.full(SIDE_DAYS, np.nan)])
    windows = np.sort(sliding_window_view(padded, SIDE_DAYS), axis=1)  # NaN last
    there = np.isfinite(windows).sum(axis=1)
    at = np.maximum(np.floor(share * (there - 1)).astype(np.intp), 0)
    found = np.take_along_axis(windows, at[:, None], axis=1)[:, 0]
    values: Floats = np.where(there >= LEAST_SIDE_DAYS, found, np.nan)
    return values[: len(level)], values[SIDE_DAYS + 1 :]


def _weather(weather: Weather | None, dates: pd.DatetimeIndex) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(is_dry, is_extreme). Days whose weather is unknown are neither."""
    nothing = np.zeros(len(dates), dtype=bool)
    if weather is None:
        return nothing, nothing
    rain, snow, low, wind = (_daily(weather, dates, v) for v in _READ)
    wet = _trailing(np.nan_to_num(rain) + np.nan_to_num(snow), WET_DAYS)
    frost = _trailing((np.nan_to_num(low, nan=5.0) <= 0).astype(float), FROST_DAYS)
    is_dry = np.isfinite(rain) & (wet < DRY_MM) & (frost == 0)
    extreme = _beyond(wet, EXTREME_MM) | _beyond(np.nan_to_num(wind), 10.0)
    return is_dry, _trailing(extreme.astype(float), AFTERMATH_DAYS) > 0


_READ = tuple(WEATHER_VARIABLES.index(v) for v in ("precipitation_mm", "snowfall_mm", "temperature_min_c", "wind_ms"))


def _daily(weather: Weather, dates: pd.DatetimeIndex, variable: int) -> Floats:
    where = weather.dates.get_indexer(dates)
    values: Floats = np.where(where >= 0, weather.values[where, variable], np.nan)
    return values


def _beyond(values: Floats, least: float) -> NDArray[np.bool_]:
    """Days at or above what all but a few days of the history stay below; none in less than a year."""
    if len(values) < LEAST_YEAR:
        return np.zeros(len(values), dtype=bool)
    return values >= max(float(np.quantile(values, EXTREME_SHARE)), least)


def _trailing(values: Floats, days: int) -> Floats:
    """Sum of a day and the days before it."""
    total = np.cumsum(values)
    before = np.concatenate([np.zeros(min(days, len(values))), total[:-days]])
    sums: Floats = total - before
    return sums
