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

Mask = NDArray[np.bool_]

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
RARE_SHARE = 0.99
STRONG_WIND_MS = 10.0
LEAST_YEAR = 365


@dataclass(frozen=True)
class Days:
    """Of a category in the whole city, (T,) each.

    requests: filed that day. factor: of the weekday, mean 1. Ordinary requests by the days around: ordinary (the
    busier side, so that the first days of a new level are not out of line with it), calm (the quieter side), sure (as
    many as nearly all days of the quieter side have). is_dry: weather explains nothing. is_rainless: next to no
    rain or snow in three days, frost or not. is_rare: the record has few days as wet or windy as this one or
    the two before. is_extreme: an extreme of weather lies on the day or within two weeks before.
    """

    dates: pd.DatetimeIndex
    requests: Ints
    factor: Floats
    ordinary: Floats
    calm: Floats
    sure: Floats
    is_dry: Mask
    is_rainless: Mask
    is_rare: Mask
    is_extreme: Mask


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
    level = requests / factor
    upper, lower = sides(level, UPPER), sides(level, LOWER)
    ordinary, calm, sure = (
        np.where(np.isnan(v), np.quantile(level, q), v) * factor
        for v, q in ((np.fmax(*upper), UPPER), (np.fmin(*upper), UPPER), (np.fmin(*lower), LOWER))
    )
    return Days(
        known.demand.dates, requests, factor, ordinary, calm, sure, *_weather(known.weather, known.demand.dates)
    )


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


def _weather(weather: Weather | None, dates: pd.DatetimeIndex) -> tuple[Mask, Mask, Mask, Mask]:
    """(is_dry, is_rainless, is_rare, is_extreme). Days whose weather is unknown are none of them."""
    if weather is None:
        nothing = np.zeros(len(dates), dtype=bool)
        return nothing, nothing, nothing, nothing
    rain, snow, low, wind = (_daily(weather, dates, v) for v in _READ)
    wind = np.nan_to_num(wind)
    wet = _trailing(np.nan_to_num(rain) + np.nan_to_num(snow), WET_DAYS)
    frost = _trailing((np.nan_to_num(low, nan=5.0) <= 0).astype(float), FROST_DAYS)
    is_rainless = np.isfinite(rain) & (wet < DRY_MM)
    rare = _among_most(wet, DRY_MM) | _among_most(wind, STRONG_WIND_MS)
    extreme = _beyond(wet, EXTREME_MM) | _beyond(wind, STRONG_WIND_MS)
    is_rare, is_extreme = (
        _trailing(x.astype(float), days) > 0 for x, days in ((rare, WET_DAYS), (extreme, AFTERMATH_DAYS))
    )
    return is_rainless & (frost == 0), is_rainless, is_rare, is_extreme


_READ = tuple(WEATHER_VARIABLES.index(v) for v in ("precipitation_mm", "snowfall_mm", "temperature_min_c", "wind_ms"))


def _daily(weather: Weather, dates: pd.DatetimeIndex, variable: int) -> Floats:
    where = weather.dates.get_indexer(dates)
    values: Floats = np.where(where >= 0, weather.values[where, variable], np.nan)
    return values


def _beyond(values: Floats, least: float) -> Mask:
    """Days at or above what all but a few days of the history stay below; none in less than a year."""
    if len(values) < LEAST_YEAR:
        return np.zeros(len(values), dtype=bool)
    return values >= max(float(np.quantile(values, EXTREME_SHARE)), least)


def _among_most(values: Floats, least: float) -> Mask:
    """Days among the highest of the record, however short, that are above `least`."""
    return (values >= float(np.quantile(values, RARE_SHARE))) & (values > least)


def _trailing(values: Floats, days: int) -> Floats:
    """Sum of a day and the days before it."""
    total = np.cumsum(values)
    before = np.concatenate([np.zeros(min(days, len(values))), total[:-days]])
    sums: Floats = total - before
    return sums
