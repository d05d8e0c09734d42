"""Everything that was known at the end of a local day, as the record that forecasters read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError
from domain.panel import AreaMap, Demand, Floats, Ints, Known, Places
from domain.school import SchoolTerms
from domain.tables import CALENDAR, SCHOOL_TERMS
from storage.delays import observed_delays
from storage.demand import daily_counts, hour_histogram, located_requests
from storage.geography import read_areas
from storage.origin import history_modes, read_clock
from storage.reporting import reported_share
from storage.snapshot import Snapshot
from storage.weather import read_weather


def resolve_origin(snapshot: Snapshot, plan: CityPlan, as_of: date | None) -> tuple[date, date, tuple[str, ...]]:
    """(as-of day, origin, modes) of a run; None means the last day of the data.

    The origin is the as-of day where the data go on beyond it, or where its last request was filed at or after 18:00
    local time (always for dates only and counts); else the day before. No modes means a normal run.
    Raises AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError.
    """
    clock = read_clock(snapshot, plan, as_of, daily_counts(snapshot, plan, as_of or snapshot.meta.last_day))
    weather = read_weather(snapshot, plan, clock.as_of, clock.origin)
    return clock.as_of, clock.origin, (*clock.modes, *weather.modes)


def read_known(snapshot: Snapshot, plan: CityPlan, as_of: date, origin: date | None = None) -> Known:
    """What was known at the end of local day `as_of`, ending at `origin` (None: the last complete day).

    Raises what `resolve_origin` raises, and AsOfOutsideDataError where `origin` was not complete by then.
    """
    counts = daily_counts(snapshot, plan, as_of)
    clock = read_clock(snapshot, plan, as_of, counts)
    chosen = origin or clock.origin
    modes = tuple(m for m in clock.modes if m not in history_modes(snapshot, plan, clock.origin))
    if chosen > clock.origin:
        raise AsOfOutsideDataError(
            f"{plan.city.title}: at the end of {as_of} counts were complete to {clock.origin} only, not to {chosen}",
            remedy=f"use the origin {clock.origin} or earlier, or a later as-of day",
            origin=chosen,
            as_of=as_of,
        )
    weather = read_weather(snapshot, plan, as_of, chosen)
    located = located_requests(snapshot, plan, as_of, chosen)
    areas = read_areas(snapshot, plan, counts[counts["date"] <= pd.Timestamp(chosen)], located)
    demand = build_demand(counts, areas, plan.city.categories, snapshot.meta.first_day, chosen)
    return Known(
        city=plan.city.city,
        as_of=as_of,
        origin=chosen,
        demand=replace(demand, reported_share=_reported(snapshot, plan, as_of, demand)),
        areas=areas,
        holidays=_named_days(snapshot, "holiday"),
        weather=weather.observed,
        issued=weather.issued,
        hours=hour_histogram(snapshot, plan, as_of, chosen),
        places=Places(located) if len(located) else None,
        modes=(*modes, *history_modes(snapshot, plan, chosen), *weather.modes),
        later=weather.later,
        school=_school(snapshot),
        events=_named_days(snapshot, "event") or None,
    )


def build_demand(
    counts: pd.DataFrame, areas: AreaMap, categories: tuple[str, ...], first: date, origin: date
) -> Demand:
    """Dense counts over every local day from `first` to `origin`. Rows of an area that is not on the map, or of none,
    are unlocated: kept for the city."""
    days = pd.date_range(first, origin, unit="us")
    at_category = pd.Index(categories).get_indexer(pd.Index(counts["category"]))
    at_area = pd.Index(areas.names).get_indexer(pd.Index(counts["area"]))
    at_day = days.get_indexer(pd.DatetimeIndex(counts["date"]))
    inside = (at_category >= 0) & (at_day >= 0)
    number = counts["count"].to_numpy()
    located: Ints = np.zeros((len(categories), len(areas.names), len(days)), dtype=np.int32)
    unlocated: Ints = np.zeros((len(categories), len(days)), dtype=np.int32)
    here, nowhere = inside & (at_area >= 0), inside & (at_area < 0)
    np.add.at(located, (at_category[here], at_area[here], at_day[here]), number[here])
    np.add.at(unlocated, (at_category[nowhere], at_day[nowhere]), number[nowhere])
    return Demand(days, areas.names, categories, located, unlocated)


def _reported(snapshot: Snapshot, plan: CityPlan, as_of: date, demand: Demand) -> Floats | None:
    """What share of the last days' requests is known by now, from arrivals that our own reading saw; else None."""
    delays = observed_delays(snapshot, plan, as_of)
    if delays.empty:
        return None
    newest = (delays["day"] + pd.to_timedelta(delays["delay"], unit="D")).max().date()
    return reported_share(delays, demand.categories, demand.dates, max(as_of, newest))


def _school(snapshot: Snapshot) -> SchoolTerms | None:
    terms = snapshot.frame(SCHOOL_TERMS)
    if terms.empty:
        return None
    return SchoolTerms(tuple(d.date() for d in terms["start"]), tuple(d.date() for d in terms["end"]))


def _named_days(snapshot: Snapshot, column: str) -> dict[date, str]:
    """Local day -> name, of holidays or events."""
    calendar = snapshot.frame(CALENDAR)
    named = calendar[calendar[column].fillna("") != ""]
    return {day.date(): name for day, name in zip(named["date"], named[column], strict=True)}
