"""Which day is the last whose counts may be known, and whether a run as of a day can be had at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

import pandas as pd

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, HistoryTooShortError
from domain.words import MODE_SHORT_HISTORY, MODE_STALE_DEMAND
from storage.demand import last_filed
from storage.snapshot import Snapshot

MINIMUM_DAYS = 56
FULL_YEAR_DAYS = 365
USUAL_LAG_DAYS = 1
"""A run in the course of a day has the day before as its origin; only an older one is stale."""
WHOLE_DAY_FROM = time(18)
"""A last day without a request filed at or after this local time may still grow."""


@dataclass(frozen=True)
class Clock:
    """as_of: the day asked for. covered: the last day with data known then. origin: the last complete one."""

    as_of: date
    covered: date
    origin: date
    modes: tuple[str, ...]


def read_clock(snapshot: Snapshot, plan: CityPlan, as_of: date | None, counts: pd.DataFrame | None = None) -> Clock:
    """The clock of a run as of a day (None: the last day of the data).

    counts: `storage.demand.daily_counts` at that day; where given, a gap that reaches the origin is found too.
    Raises AsOfOutsideDataError, HistoryTooShortError.
    """
    meta = snapshot.meta
    day = as_of or meta.last_day
    _check_start(snapshot, plan, day)
    covered = min(day, meta.last_day)
    if covered < meta.last_day or not meta.has_hours:
        origin = covered
    else:
        last = last_filed(snapshot, plan, day, covered)
        origin = covered if last is not None and last.time() >= WHOLE_DAY_FROM else covered - timedelta(days=1)
    if counts is not None and len(counts):
        busy = counts.loc[counts["date"] <= pd.Timestamp(origin), "date"].max().date()
        if (origin - busy).days >= plan.city.quality.gap_days:
            covered = origin = busy
    age = (day - covered).days
    if age > plan.city.quality.max_demand_age_days:
        raise _too_old(plan, day, covered)
    modes = (MODE_STALE_DEMAND,) if (day - origin).days > USUAL_LAG_DAYS else ()
    return Clock(day, covered, origin, (*modes, *history_modes(snapshot, plan, origin)))


def history_modes(snapshot: Snapshot, plan: CityPlan, origin: date) -> tuple[str, ...]:
    """The mode of a history that ends at `origin`; HistoryTooShortError below MINIMUM_DAYS."""
    first = snapshot.meta.first_day
    days = (origin - first).days + 1
    if days < MINIMUM_DAYS:
        raise HistoryTooShortError(
            f"{plan.city.title}: {days} days of history ({first} to {origin}); {MINIMUM_DAYS} are the least",
            remedy="bring an older export of requests; a year or more is better",
            first=first,
            origin=origin,
        )
    return (MODE_SHORT_HISTORY,) if days < FULL_YEAR_DAYS else ()


def _check_start(snapshot: Snapshot, plan: CityPlan, as_of: date) -> None:
    first, last = snapshot.meta.first_day, snapshot.meta.last_day
    history_modes(snapshot, plan, last)
    earliest = first + timedelta(days=MINIMUM_DAYS)
    if as_of < min(earliest, last):
        raise AsOfOutsideDataError(
            f"{plan.city.title}: as of {as_of} there are too few data, which begin on {first} and end on {last}",
            remedy=f"choose --as-of between {min(earliest, last)} and {last}",
            as_of=as_of,
            first=first,
        )


def _too_old(plan: CityPlan, as_of: date, covered: date) -> AsOfOutsideDataError:
    most = plan.city.quality.max_demand_age_days
    return AsOfOutsideDataError(
        f"{plan.city.title}: as of {as_of} the last requests known are of {covered}, {(as_of - covered).days} days "
        f"before; {most} are allowed",
        remedy=f"bring newer requests, choose --as-of {covered} or earlier, or raise quality.max_demand_age_days",
        as_of=as_of,
        last=covered,
    )
