"""Sums of draws over the months, quarters and years ahead, by district and for the city."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import AreaMap, Demand, Floats, Ints
from models.levels import groups, summary_columns

KINDS = {"month": "M", "quarter": "Q", "year": "Y"}


def totals_table(
    category: str, samples: Ints, dates: pd.DatetimeIndex, weight: Floats, areas: AreaMap, demand: Demand
) -> pd.DataFrame:
    """The table `long_view_totals` of one category. samples: (A, H, S). demand: what was known, for the year before."""
    parts = []
    for group in groups(areas):
        daily = samples[group.members].sum(axis=0, dtype=np.int64)
        past = pd.Series(demand.of(category)[group.members].sum(axis=0), index=demand.dates)
        for kind, unit in KINDS.items():
            rows = _of_periods(daily, dates, weight, past, unit)
            parts.append(rows.assign(category=category, level=group.level, area=group.name, kind=kind))
    return pd.concat(parts, ignore_index=True)


def _of_periods(
    daily: NDArray[Any], dates: pd.DatetimeIndex, weight: Floats, past: pd.Series, unit: str
) -> pd.DataFrame:
    """One row a period. daily: (H, S)."""
    periods = dates.to_period(unit)
    found = periods.unique()
    first = np.searchsorted(periods.asi8, found.asi8)
    days = np.diff(np.append(first, len(dates)))
    sums = np.add.reduceat(daily, first, axis=0)
    begin, end = dates[first], dates[first + days - 1]
    whole = days == (found.end_time.normalize() - found.start_time.normalize()).days + 1
    return pd.DataFrame(
        {
            "period": [_name(p, unit) for p in found],
            "first_date": begin,
            "last_date": end,
            "days": days,
            "is_whole": whole,
            **summary_columns(sums, weight),
            "year_before": [_year_before(past, a, b) for a, b in zip(begin, end, strict=True)],
        }
    )


def _name(period: pd.Period, unit: str) -> str:
    """2017-03, 2017-Q1, 2017."""
    return f"{period.year}-Q{period.quarter}" if unit == "Q" else str(period)


def _year_before(past: pd.Series, begin: pd.Timestamp, end: pd.Timestamp) -> float:
    """Requests filed on the same days a year before; NaN where one of them is not known."""
    first, last = begin - pd.DateOffset(years=1), end - pd.DateOffset(years=1)
    if first < past.index[0] or last > past.index[-1]:
        return float("nan")
    return float(past.loc[first:last].sum())
