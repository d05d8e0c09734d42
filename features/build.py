"""Feature rows by (origin, lead, area): one way of making them, for training and for forecasting alike.

Groups are computed once a category over all days; a row then gathers what was known at the end of its
origin and what is true of the day it is about. Only weather (and the calendar) of the day forecast differs
between a training row and a live row: observed there, one path's here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import FeatureGroupError
from domain.panel import Floats, Ints, Known, Weather
from features.group import FeatureGroup, Grain, Inputs, Need
from features.history import bridged
from features.nowcast import nowcast

Floats32 = NDArray[np.float32]
Index = NDArray[np.intp]

LOOKBACK_DAYS = 35
"""No date feature looks further back than this; the live window starts so many days before the origin."""
MARGIN_DAYS = 7
"""Calendar days kept past the last day forecast, so that the eve of a holiday is known as such."""
LEAD = "lead_days"
GRAINS: tuple[Grain, ...] = ("origin", "origin_weekday", "origin_area", "date", "area")


@dataclass(frozen=True)
class Built:
    """Features of one category: grain -> float32 table, columns last.

    origin (T, n), origin_weekday (T, 7, n), origin_area (T, A, n), date (D, n), area (A, n).
    columns: of a row, in order: lead_days, then grain by grain as in GRAINS, groups by name.
    """

    inputs: Inputs
    groups: tuple[FeatureGroup, ...]
    tables: dict[Grain, Floats32]

    @property
    def columns(self) -> tuple[str, ...]:
        return (LEAD, *(c for grain in GRAINS for c in columns_of(self.groups, grain)))

    def of(self, column: str) -> Floats32:
        """One column with the axes of its grain."""
        for grain in GRAINS:
            names = columns_of(self.groups, grain)
            if column in names:
                table: Floats32 = self.tables[grain][..., names.index(column)]
                return table
        raise KeyError(column)


@cache
def groups(has: frozenset[Need], without: frozenset[str] = frozenset()) -> tuple[FeatureGroup, ...]:
    """Every group in `features/groups/`, by name; without those named and those that need more than the city has."""
    here = Path(__file__).parent / "groups"
    names = sorted(p.stem for p in here.glob("*.py") if p.stem != "__init__")
    found = tuple(import_module(f"features.groups.{name}").GROUP for name in names)
    if not found:
        raise FeatureGroupError(
            f"no feature group in {here}", remedy="reinstall: the package ships without its groups", folder=str(here)
        )
    return tuple(g for g in found if g.needs <= has and g.name not in without)


def columns_of(chosen: tuple[FeatureGroup, ...], grain: Grain) -> tuple[str, ...]:
    return tuple(c for g in chosen if g.grain == grain for c in g.columns)


def inputs_of(known: Known, category: str, horizon: int) -> Inputs:
    """What groups read of one category: counts to the origin, calendar and holidays past the horizon, weather
    observed to the origin and NaN after (None where the city has none).

    Short gaps of observed weather, and days between its end and the origin, are taken from 364 days earlier.
    """
    dates = known.demand.dates
    calendar = pd.date_range(dates[0], periods=len(dates) + horizon + MARGIN_DAYS, freq="D")
    return Inputs(
        counts=nowcast(known.demand.of(category), known.demand.share_of(category)),
        dates=dates,
        calendar=calendar,
        holidays=is_holiday(known.holidays, calendar),
        weather=None if known.weather is None else weather_of(known.weather, calendar, len(dates)),
        areas=known.areas,
        in_term=None if known.school is None else known.school.in_term(calendar),
        events=None if known.events is None else is_holiday(known.events, calendar),
    )


def is_holiday(holidays: dict[date, str], calendar: pd.DatetimeIndex) -> NDArray[np.bool_]:
    days = pd.DatetimeIndex(sorted(holidays)) if holidays else pd.DatetimeIndex([])
    return np.asarray(calendar.isin(days), dtype=np.bool_)


def weather_of(weather: Weather, calendar: pd.DatetimeIndex, known_days: int) -> Floats:
    """Observed weather in the order of `calendar`, NaN where a day has none, gaps filled as said above, (D, V)."""
    where = weather.dates.get_indexer(calendar)
    out: Floats = np.where((where >= 0)[:, None], weather.values[where], np.nan)
    out[:known_days] = bridged(out[:known_days])
    return out


def table(chosen: tuple[FeatureGroup, ...], grain: Grain, inputs: Inputs, shape: tuple[int, ...]) -> Floats32:
    """All columns of one grain, (*shape, n). Raises FeatureGroupError where a group breaks its promise."""
    columns: list[Floats] = []
    for group in (g for g in chosen if g.grain == grain):
        made = group.build(inputs)
        if tuple(made) != group.columns:
            raise FeatureGroupError(
                f"group '{group.name}' made columns {list(made)}, declared {list(group.columns)}",
                remedy="declare in GROUP.columns what build returns, in that order",
                group=group.name,
            )
        columns += [np.broadcast_to(v, shape) for v in made.values()]
    if not columns:
        return np.empty((*shape, 0), dtype=np.float32)
    return np.stack(columns, axis=-1, dtype=np.float32, casting="same_kind")


def build(inputs: Inputs, chosen: tuple[FeatureGroup, ...] | None = None) -> Built:
    """Every group over all days, once a category."""
    if chosen is None:
        chosen = groups(inputs.has)
    areas, days = inputs.counts.shape
    shapes: dict[Grain, tuple[int, ...]] = {
        "origin": (days,),
        "origin_weekday": (days, 7),
        "origin_area": (areas, days),
        "date": (len(inputs.calendar),),
        "area": (areas,),
    }
    tables = {grain: table(chosen, grain, inputs, shape) for grain, shape in shapes.items()}
    tables["origin_area"] = np.ascontiguousarray(tables["origin_area"].transpose(1, 0, 2))
    return Built(inputs, chosen, tables)


@dataclass(frozen=True)
class Rows:
    """Which (origin, lead, area) each row is about: index arrays of one length. weekday: of the day forecast."""

    origin: Index
    lead: Index
    area: Index
    weekday: Index

    @property
    def date(self) -> Index:
        return self.origin + self.lead


def rows_at(built: Built, origin: Index, lead: Index, area: Index) -> Rows:
    """Rows for every combination that the three arrays broadcast to, flattened in C order."""
    each = [np.ascontiguousarray(x).ravel() for x in np.broadcast_arrays(origin, lead, area)]
    first = int(built.inputs.dates.day_of_week[0])
    return Rows(each[0], each[1], each[2], (each[0] + each[1] + first) % 7)


def live_rows(built: Built, paths: int, horizon: int) -> Rows:
    """The last known day as origin: (P, H, A) rows, areas moving fastest."""
    areas, days = built.inputs.counts.shape
    origin = np.full((paths, 1, 1), days - 1)
    return rows_at(built, origin, np.arange(1, horizon + 1)[:, None], np.arange(areas))


def features_of(built: Built, chosen: Rows, dates: Floats32) -> Floats32:
    """Feature rows, (N, K). dates: (N, n) the date features of each row."""
    parts = (
        chosen.lead[:, None].astype(np.float32),
        built.tables["origin"][chosen.origin],
        built.tables["origin_weekday"][chosen.origin, chosen.weekday],
        built.tables["origin_area"][chosen.origin, chosen.area],
        dates,
        built.tables["area"][chosen.area],
    )
    return np.concatenate(parts, axis=1)


def sample_rows(built: Built, first: int, last: int, horizon: int, most: int, chance: np.random.Generator) -> Rows:
    """Up to about `most` rows on the days first … last: as many leads of each (date, area) as fit, or one lead of a
    random part of them where not even one does.

    Drawn by the day forecast, so that every known count is learnt from equally often.
    """
    areas = len(built.inputs.counts)
    cells = (last + 1 - first) * areas
    each = int(np.clip(most // max(cells, 1), 1, horizon))
    cell = np.arange(cells) if cells <= most else np.sort(chance.choice(cells, most, replace=False))
    lead = np.argsort(chance.random((len(cell), horizon)), axis=1)[:, :each].ravel() + 1
    day, area = np.divmod(np.repeat(cell, each), areas)
    origin = first + day - lead
    keep = origin >= 0
    return rows_at(built, origin[keep], lead[keep], area[keep])


def training_matrix(built: Built, chosen: Rows) -> tuple[Floats32, Ints]:
    """Feature rows with the weather that came and the counts that were filed: X (N, K) and y (N,)."""
    x = features_of(built, chosen, built.tables["date"][chosen.date])
    y: Ints = np.rint(built.inputs.counts[chosen.area, chosen.date]).astype(np.int32)
    return x, y


def path_dates(built: Built, horizon: int, paths: Floats | None) -> Floats32:
    """Date features of the `horizon` days after the last known one, under each weather path: (P, H, n).

    paths: (P, H, V) with H ≥ horizon, or None (P is 1, weather ahead unknown). Made from the last LOOKBACK_DAYS
    and the path alone.
    """
    inputs = built.inputs
    known = inputs.counts.shape[1]
    start = max(known - LOOKBACK_DAYS, 0)
    weather = None
    if inputs.weather is not None:
        paths = np.full((1, horizon, inputs.weather.shape[1]), np.nan) if paths is None else paths
        past = np.repeat(inputs.weather[start:known, :, None], len(paths), axis=2)
        ahead = paths[:, :horizon].transpose(1, 2, 0)
        weather = np.concatenate([past, ahead], axis=0)
    window = replace(
        inputs,
        calendar=inputs.calendar[start : known + horizon + MARGIN_DAYS],
        holidays=inputs.holidays[start : known + horizon + MARGIN_DAYS],
        weather=weather,
        in_term=None if inputs.in_term is None else inputs.in_term[start : known + horizon + MARGIN_DAYS],
        events=None if inputs.events is None else inputs.events[start : known + horizon + MARGIN_DAYS],
    )
    ahead_days = slice(known - start, known - start + horizon)
    count = 1 if weather is None else weather.shape[2]
    columns: list[Floats] = []
    for group in (g for g in built.groups if g.grain == "date"):
        for values in group.build(window).values():
            ahead_values = values[ahead_days]
            columns.append(np.broadcast_to(ahead_values.reshape(horizon, -1).T, (count, horizon)))
    if not columns:
        return np.empty((count, horizon, 0), dtype=np.float32)
    return np.stack(columns, axis=-1, dtype=np.float32, casting="same_kind")


def forecast_matrix(built: Built, dates: Floats32, chosen: Rows | None = None) -> Floats32:
    """Feature rows for the last known day as origin: (P × H × A, K), in the order of `live_rows`.

    dates: (P, H, n) from `path_dates`. chosen: `live_rows`, or the same with another weekday.
    """
    count, horizon, width = dates.shape
    shape = (count, horizon, len(built.inputs.counts), width)
    each = np.broadcast_to(dates[:, :, None, :], shape).reshape(int(np.prod(shape[:3])), width)
    return features_of(built, live_rows(built, count, horizon) if chosen is None else chosen, each)
