"""One daily series from several stations: the first is the city's, the others fill what it lacks.

Temperatures of another station are shifted by the usual difference of the two (the median over common days of the
month, the usual way of homogenising a fill: Tabony 1983, "The estimation of missing climatological data"); rain,
snow and wind are taken as they are: a day of rain is not a difference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from domain.words import STANDS_IN, WEATHER_VARIABLES
from sources.validation.steps import Correction

SHIFTED = ("temperature_min_c", "temperature_mean_c", "temperature_max_c")
FEWEST_OF_MONTH = 20
FEWEST_AT_ALL = 30


class Series(NamedTuple):
    """days: the variables (null where unknown) by date, each date once. label: as people call the station."""

    id: str
    label: str
    days: pd.DataFrame


class Filled(NamedTuple):
    """frame: date, the variables, source. corrections: what was taken from where, counted in days."""

    frame: pd.DataFrame
    corrections: list[Correction]


def filled(stations: list[Series]) -> Filled:
    """All days that any station has. `source` names a day's stations, after STANDS_IN where the first gave nothing."""
    first = stations[0]
    days = pd.DatetimeIndex(sorted(set().union(*(s.days.index for s in stations))), name="date")
    whole = first.days.reindex(days)[list(WEATHER_VARIABLES)].astype(float)
    given = whole.notna().any(axis=1).to_numpy()
    names = np.where(given, first.id, "").astype(object)
    notes: list[Correction] = []
    for other in stations[1:]:
        used = np.zeros(len(whole), dtype=bool)
        for variable in WEATHER_VARIABLES:
            values = other.days[variable].reindex(whole.index).astype(float)
            if variable in SHIFTED:
                values = values + usual_difference(first.days[variable], other.days[variable], days)
            taken = (whole[variable].isna() & values.notna()).to_numpy()
            whole[variable] = whole[variable].fillna(values)
            used |= taken
            if taken.any():
                how = ", shifted by the usual difference" if variable in SHIFTED else ""
                shown = f"{days[taken][0]:%Y-%m-%d}: none → {values[taken].iloc[0]:.1f}"
                rule = f"{variable} not known at {first.label}: that of {other.label}{how}"
                notes.append(Correction(rule, int(taken.sum()), shown))
        names[used] = [f"{n} + {other.id}" if n else other.id for n in names[used]]
    names[~given] = [STANDS_IN + str(n) for n in names[~given]]
    return Filled(whole.assign(source=names.astype(str)).reset_index(), notes)


def usual_difference(first: pd.Series, other: pd.Series, days: pd.DatetimeIndex) -> pd.Series:
    """first − other by day: the median of the calendar month, of all where the month has few days, else 0."""
    apart = (first.astype(float) - other.astype(float)).dropna()
    if len(apart) < FEWEST_AT_ALL:
        return pd.Series(0.0, index=days)
    by_month = apart.groupby(pd.DatetimeIndex(apart.index).month).agg(["median", "size"])
    months = by_month["median"].where(by_month["size"] >= FEWEST_OF_MONTH).reindex(range(1, 13))
    return pd.Series(months.fillna(apart.median()).reindex(days.month).to_numpy(), index=days)
