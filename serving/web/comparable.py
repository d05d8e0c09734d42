"""Areas like one: those whose requests come in the same numbers and mix."""

from __future__ import annotations

import numpy as np
import pandas as pd

from serving.report.source import Source

MOST = 5
LEAST_A_WEEK = 0.05
"""Requests a week that are added before numbers are compared, so that nothing and next to nothing are alike."""


def profiles(source: Source) -> pd.DataFrame:
    """Requests expected a week over all days ahead: one row an area, one column a category."""
    table = source.table("forecasts")
    rows = table[table["level"] == "area"]
    return rows.pivot_table(index="area", columns="category", values="mean", aggfunc="mean", observed=True) * 7


def comparable(profile: pd.DataFrame, area: str) -> pd.DataFrame:
    """The nearest areas by how many times as many requests of each kind they expect; the nearest first.

    Distance: root mean square over the categories of the differences of logarithms. Column `times`: how far they are
    apart, as a factor from 1. Empty where the area was not forecast or is alone.
    """
    if area not in profile.index:
        return profile.iloc[:0].assign(times=pd.Series(dtype=float))
    logs = np.log(profile.fillna(0.0).to_numpy() + LEAST_A_WEEK)
    apart = np.sqrt(((logs - logs[profile.index.get_loc(area)]) ** 2).mean(axis=1))
    with_times = profile.assign(times=np.exp(apart)).drop(index=area)
    return with_times.sort_values("times", kind="stable").head(MOST)
