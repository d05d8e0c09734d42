"""Features as they would be with a block at its reference; for every forecaster that reads feature rows.

recent demand   as after years of one week, the average week of the last 364 days: levels are last year's, trends
                nothing. What tells the season stays; what a steady history cannot show is as it was on average.
calendar        as on an ordinary Wednesday without a holiday or an event near. The season and the place in the month
                stay.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from domain.panel import Floats
from features.build import Built, Floats32, columns_of, table
from features.group import Grain, Inputs
from features.groups.calendar import FAR_DAYS
from models.forecaster import Block

USUAL_DAYS = 364
ORDINARY_WEEKDAY = 2
ORDINARY_DAY = {
    "weekday": float(ORDINARY_WEEKDAY),
    "is_weekend": 0.0,
    "is_holiday": 0.0,
    "is_holiday_eve": 0.0,
    "is_after_holiday": 0.0,
    "days_to_holiday": float(FAR_DAYS),
    "is_event": 0.0,
    "is_event_eve": 0.0,
    "is_after_event": 0.0,
}
DEMAND_GRAINS: tuple[Grain, ...] = ("origin", "origin_weekday", "origin_area")


def at_reference(built: Built, dates: Floats32, reference: frozenset[Block]) -> tuple[Built, Floats32]:
    """What to forecast from: the features known at the last origin, and the date features (P, H, n) ahead."""
    if "recent demand" in reference:
        built = steady(built)
    if "calendar" in reference:
        built, dates = ordinary_weekday(built), ordinary_dates(built, dates)
    return built, dates


def steady(built: Built) -> Built:
    """The last origin's demand features replaced by those of a steady history."""
    inputs = replace(built.inputs, counts=steady_counts(built.inputs))
    areas, days = inputs.counts.shape
    shapes = {"origin": (days,), "origin_weekday": (days, 7), "origin_area": (areas, days)}
    tables = dict(built.tables)
    for grain in DEMAND_GRAINS:
        made = table(built.groups, grain, inputs, shapes[grain])
        live = made[:, -1] if grain == "origin_area" else made[-1]
        names = columns_of(built.groups, grain)
        kept = {c for g in built.groups for c in g.season_columns}
        typical = {c for g in built.groups for c in g.unsteady_columns}
        for column, name in enumerate(names):
            if name in kept:
                live[..., column] = built.tables[grain][-1, ..., column]
            elif name in typical:
                live[..., column] = np.mean(built.tables[grain][-USUAL_DAYS:, ..., column], axis=0)
        tables[grain] = with_last(built.tables[grain], live)
    return replace(built, tables=tables)


def steady_counts(inputs: Inputs) -> Floats:
    """(A, T): each area's mean of the last 364 days × the city's weekday factor of those days, for ever."""
    weekday = np.asarray(inputs.dates.day_of_week)
    last = inputs.counts[:, -USUAL_DAYS:]
    city, day = last.sum(axis=0), weekday[-USUAL_DAYS:]
    mean = city.mean()
    factor = np.ones(7)
    if mean > 0 and len(city) >= 7:
        factor = np.array([city[day == d].mean() for d in range(7)]) / mean
    flat: Floats = last.mean(axis=1)[:, None] * factor[weekday]
    return flat


def ordinary_weekday(built: Built) -> Built:
    """Whatever the weekday of the day forecast, the last origin's features of a Wednesday."""
    stored = built.tables["origin_weekday"]
    live = np.broadcast_to(stored[-1, ORDINARY_WEEKDAY], stored[-1].shape)
    return replace(built, tables={**built.tables, "origin_weekday": with_last(stored, live)})


def ordinary_dates(built: Built, dates: Floats32) -> Floats32:
    """Date features as on an ordinary Wednesday: no weekend, no holiday near; season and weather as they are."""
    names = columns_of(built.groups, "date")
    out = dates.copy()
    for name, value in ORDINARY_DAY.items():
        if name in names:  # not where the calendar is not looked at
            out[:, :, names.index(name)] = value
    return out


def with_last(stored: Floats32, live: Floats32) -> Floats32:
    """A copy whose entry for the last origin is `live`."""
    out = stored.copy()
    out[-1] = live
    return out
