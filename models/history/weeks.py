"""The city's weekly level with season and weather taken out, on a log scale: where lasting steps are looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, Ints, Known
from domain.words import WEATHER_VARIABLES
from models.history.ordinary import Days

WEEK = 7
LEAST_WEEKDAYS = 3.0
"""Ordinary days that a week must have to tell its level."""
RIDGE = 2.0
"""Weeks' worth of doubt about each coefficient: a season seen once is not taken for one."""
HUBER = 1.5
ROUNDS = 4


@dataclass(frozen=True)
class Weeks:
    """start: (W,) position of each week's first day, a Monday; the last week may be unfinished.

    log_level: (W,) log of requests a week. drivers: (W, K) season and weather, centred and scaled.
    """

    start: NDArray[np.intp]
    log_level: Floats
    drivers: Floats


def weeks_of(known: Known, days: Days, usable: NDArray[np.bool_]) -> Weeks:
    """Calendar weeks from Monday, so that a later origin only adds some; those with too few usable days left out."""
    first = (WEEK - int(days.dates.day_of_week[0])) % WEEK
    due = _sums(np.where(usable, days.factor, 0.0), first)
    came = _sums(np.where(usable, days.requests, 0), first)
    kept = due >= LEAST_WEEKDAYS
    level = came[kept] / due[kept] * WEEK
    start = first + WEEK * np.flatnonzero(kept)
    drivers = np.column_stack([_season(days.dates, start), _weather(known, days.dates, first)[kept]])
    scale = drivers.std(axis=0)
    centred = (drivers - drivers.mean(axis=0)) / np.where(scale > 1e-9, scale, 1.0)
    return Weeks(start.astype(np.intp), np.log(level + 1.0), centred)


def explained(weeks: Weeks, level: Floats) -> Floats:
    """(W,) what season and weather explain of log_level around the stepwise `level` (W,), robustly.

    Ridge regression with Huber weights by iteration (Huber, 1964): a flood or a batch does not bend the season.
    """
    target, x = weeks.log_level - level, weeks.drivers
    weight, fitted = np.ones(len(target)), np.zeros(len(target))
    for _ in range(ROUNDS):
        weighted = x * weight[:, None]
        coefficients = np.linalg.solve(weighted.T @ x + RIDGE * np.eye(x.shape[1]), weighted.T @ target)
        fitted = x @ coefficients
        error = np.abs(target - fitted)
        bound = HUBER * max(1.4826 * float(np.median(error)), 1e-6)
        weight = bound / np.maximum(error, bound)
    return fitted


def _sums(values: Floats | Ints, first: int) -> Floats:
    sums: Floats = _by_week(values, first).sum(axis=1)
    return sums


def _by_week(values: Floats | Ints, first: int) -> Floats:
    """(weeks, 7), the last one filled with zeros."""
    kept = values[first:].astype(np.float64)
    return np.concatenate([kept, np.zeros(-len(kept) % WEEK)]).reshape(-1, WEEK)


def _season(dates: pd.DatetimeIndex, start: NDArray[np.intp]) -> Floats:
    angle = 2 * np.pi * (np.asarray(dates.day_of_year, dtype=np.float64)[start] + 3) / 365.25
    return np.column_stack([np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)])


def _weather(known: Known, dates: pd.DatetimeIndex, first: int) -> Floats:
    """(all W, K) rain, its greatest day, frost days, snow and temperature of a week and of the week before."""
    if known.weather is None:
        return np.empty((-(-(len(dates) - first) // WEEK), 0))
    at = known.weather.dates.get_indexer(dates)
    of = {v: np.where(at >= 0, known.weather.values[at, i], np.nan) for i, v in enumerate(WEATHER_VARIABLES)}
    rain, snow, low = (np.nan_to_num(of[v]) for v in ("precipitation_mm", "snowfall_mm", "temperature_min_c"))
    mean = of["temperature_mean_c"]
    mean = np.where(np.isnan(mean), np.nanmean(mean) if np.isfinite(mean).any() else 0.0, mean)
    frost = ((low < 0) & np.isfinite(of["temperature_min_c"])).astype(float)
    there = np.maximum(_sums(np.ones(len(dates)), first), 1.0)
    sums = [np.log1p(np.maximum(_sums(v, first), 0)) for v in (rain, snow, frost)] + [_sums(mean, first) / there]
    top = np.log1p(_by_week(rain, first).max(axis=1))
    now = np.column_stack([*sums, top])
    before = np.vstack([now[:1], now[:-1]])
    earlier = np.vstack([before[:1], before[:-1]])
    return np.column_stack([now, before, earlier])
