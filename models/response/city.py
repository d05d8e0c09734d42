"""One category of a whole city: its response and level, learnt together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, Known
from features.nowcast import nowcast
from models.response import basis
from models.response.glm import Response, fit_response
from models.response.level import causal_level, centred_level, cut

ROUNDS = 3
LEAST_HARMONIC_DAYS = 540
"""Below this much history a season cannot be told from a trend."""


@dataclass(frozen=True)
class History:
    """counts: (T,) of the city. columns: block -> (T, K) of the days of history; blocks that the city has."""

    counts: Floats
    dates: pd.DatetimeIndex
    columns: dict[str, Floats]

    def days(self, last: int) -> History:
        """The first `last` days."""
        cut_columns = {name: x[:last] for name, x in self.columns.items()}
        return History(self.counts[:last], self.dates[:last], cut_columns)


def history_of(known: Known, category: str, without: tuple[str, ...] = ()) -> History:
    """Counts of the category summed over areas, those still to be reported as expected, and what may explain them;
    blocks named in `without` are left out."""
    dates = known.demand.dates
    counts = nowcast(known.demand.of(category), known.demand.share_of(category)).sum(axis=0)
    columns = {"season": basis.season(dates)}
    if "calendar" not in without:
        columns["calendar"] = basis.calendar(dates, known.holidays, known.school, known.events)
    if len(dates) < LEAST_HARMONIC_DAYS:
        columns["season"] = 0.0 * columns["season"]
    if known.weather is not None and "weather" not in without:
        days = len(dates) + basis.LOOKBACK_DAYS
        values = basis.observed(known.weather, pd.date_range(end=dates[-1], periods=days, freq="D", unit="us"))
        columns["weather"] = basis.weather(values)[basis.LOOKBACK_DAYS :]
    return History(counts.astype(np.float64), dates, columns)


@dataclass(frozen=True)
class CityFit:
    """response: at exposure 1. fitted: (T,) exp of it on the days of history. tame: (T,) counts, cut."""

    response: Response
    fitted: Floats
    tame: Floats


def fit_city(
    history: History, half_life: float, lag: int | None, learnt_from: int, forget_days: float, trust: Floats
) -> CityFit:
    """Alternate between level and response.

    lag: the level is what was known so many days before; None: from both sides. learnt_from: first day of the rows.
    forget_days: half-life of a row's weight. trust: (T,) weight of each day, see `models.history.trust`.
    """
    counts = history.counts
    days = len(counts)
    age = np.arange(days)[::-1]
    weight: Floats = 0.5 ** (age / forget_days) * trust
    rows: NDArray[np.bool_] = (np.arange(days) >= learnt_from) & (trust > 0)
    fitted, tame = np.ones(days), counts
    for _ in range(ROUNDS):
        level = _level(tame, fitted, half_life, lag)
        response = fit_response(counts, level, history.columns, rows, weight)
        fitted = np.exp(response.log(history.columns))
        tame = tame_counts(counts, fitted, half_life, lag)
    return CityFit(response, fitted, tame)


def tame_counts(counts: Floats, fitted: Floats, half_life: float, lag: int | None) -> Floats:
    """(T,) counts with catastrophes cut: twice, since the first level still holds what is to be cut."""
    tame = counts
    for _ in range(2):
        tame = cut(counts, _level(tame, fitted, half_life, lag) * fitted)
    return tame


def _level(tame: Floats, fitted: Floats, half_life: float, lag: int | None) -> Floats:
    if lag is None:
        return centred_level(tame, fitted, half_life)
    level = causal_level(tame, fitted, half_life)
    return np.concatenate([np.full(lag, level[min(lag, len(level) - 1)]), level[:-lag]])
