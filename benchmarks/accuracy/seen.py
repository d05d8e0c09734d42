"""What a peer sees at an origin: counts and weather up to it, and what was told about the days ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.accuracy.task import CITY, HORIZON, Task

RAIN = "precipitation_mm"


@dataclass(frozen=True)
class Seen:
    """counts: (T, A) days × series, the last day being the origin. number: how many origins came before.

    weather: T + H days × variables, observed up to the origin and told for the days after it.
    holidays: days of history and horizon that are one.
    """

    category: str
    counts: pd.DataFrame
    weather: pd.DataFrame
    holidays: frozenset[pd.Timestamp]
    number: int
    refit_every: int
    seed: int

    @property
    def ahead(self) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.weather.index[-HORIZON:])

    @property
    def refits(self) -> bool:
        """Whether a model over all series is fitted again at this origin."""
        return self.number % self.refit_every == 0

    def city(self) -> Seen:
        """The same with the city's total as the only series."""
        return replace(self, counts=self.counts.sum(axis=1).to_frame(CITY))


def seen_at(task: Task, table: pd.DataFrame, category: str, origin: str, number: int) -> Seen:
    """The view of `origin` on a category's `Task.table`; nothing after the origin but `ahead` and holidays."""
    day = pd.Timestamp(origin)
    counts = table.loc[:day]
    told = task.ahead[task.ahead["origin"] == day].set_index("date").drop(columns="origin").sort_index()
    if len(told) != HORIZON or counts.index[-1] != day:
        raise ValueError(f"{task.facts.name}: origin {origin} has {len(told)} days ahead, counts to {counts.index[-1]}")
    observed = task.observed.set_index("date").sort_index().loc[counts.index[0] : day, list(told.columns)]
    holidays = frozenset(pd.Timestamp(d) for d in task.facts.holidays)
    weather = pd.concat([observed, told]).asfreq("D")
    return Seen(category, counts, weather, holidays, number, task.facts.refit_every, task.facts.seed)


def covariates(seen: Seen) -> pd.DataFrame:
    """Known of every day, T + H rows: weather, the rain of the days before, and holidays; all numbers."""
    out = seen.weather.astype(float)
    if RAIN in out:
        out["rain_yesterday_mm"] = out[RAIN].shift(1, fill_value=0.0)
        out["rain_three_days_mm"] = out[RAIN].rolling(3, min_periods=1).sum()
    days = pd.DatetimeIndex(out.index)
    out["holiday"] = days.isin(list(seen.holidays)).astype(float)
    return out


def calendar(days: pd.DatetimeIndex) -> pd.DataFrame:
    """Weekday, day of the year and a count of days, for models that do not make their own."""
    since: NDArray[np.float64] = np.asarray((days - pd.Timestamp("2010-01-01")).days, dtype=float)
    return pd.DataFrame(
        {"weekday": days.dayofweek.to_numpy(float), "yearday": days.dayofyear.to_numpy(float), "day_number": since},
        index=days,
    )
