"""Which day is the last whose counts may be known, and whether a run as of a day can be had at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

import pandas as pd

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, HistoryTooShortError
from domain.tables import OPEN_WORK
from domain.words import (
    MODE_ASSUMED_SHIFTS,
    MODE_GAP,
    MODE_NO_BACKLOG,
    MODE_SHORT_HISTORY,
    MODE_SILENT,
    MODE_STALE_DEMAND,
    USUAL_LAG_DAYS,
)
from storage.asof import is_current
from storage.demand import last_filed
from storage.snapshot import Snapshot
from storage.spells import daily_totals, has_recent_gap, silent_days

MINIMUM_DAYS = 56
FULL_YEAR_DAYS = 365
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

    counts: `storage.demand.daily_counts` at that day; where given, gaps are found too, and one that reaches the
    origin sets it back. Raises AsOfOutsideDataError, HistoryTooShortError (also where nothing was ever filed).
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
    if counts is not None:
        busy = _last_busy(counts, plan, origin)
        if (origin - busy).days >= plan.city.quality.gap_days:
            covered = origin = busy
    age = (day - covered).days
    if age > plan.city.quality.max_demand_age_days:
        raise _too_old(plan, day, covered)
    modes = (MODE_STALE_DEMAND,) if (day - origin).days > USUAL_LAG_DAYS else ()
    quiet = () if counts is None else _quiet_modes(snapshot, plan, counts, origin)
    return Clock(
        day, covered, origin, (*modes, *_source_modes(snapshot, day), *quiet, *history_modes(snapshot, plan, origin))
    )


def _source_modes(snapshot: Snapshot, as_of: date) -> tuple[str, ...]:
    """What the source itself cannot tell, and, for a run on the newest data, the state it says it is in."""
    hours = () if snapshot.meta.has_hours else (MODE_ASSUMED_SHIFTS,)
    told = (*(snapshot.meta.modes if is_current(snapshot, as_of) else ()), *hours)
    is_known = snapshot.meta.has_backlog or snapshot.entries(OPEN_WORK)
    return told if is_known else (MODE_NO_BACKLOG, *told)


def _quiet_modes(snapshot: Snapshot, plan: CityPlan, counts: pd.DataFrame, origin: date) -> tuple[str, ...]:
    """A gap of the whole city in recent history, and a category that has no requests any more, or never had."""
    least = plan.city.quality.gap_days
    totals = daily_totals(counts, plan.city.categories, snapshot.meta.first_day, origin)
    gap = (MODE_GAP,) if has_recent_gap(totals, least) else ()
    return (*gap, MODE_SILENT) if any(silent_days(row, least) for row in totals) else gap


def _last_busy(counts: pd.DataFrame, plan: CityPlan, origin: date) -> date:
    """The last day with a request."""
    busy = counts.loc[counts["date"] <= pd.Timestamp(origin), "date"]
    if busy.empty:
        raise HistoryTooShortError(
            f"{plan.city.title}: not one request was filed up to {origin}: every count is 0",
            remedy="check the count column and the labels in the city's YAML, or bring another export",
            origin=origin,
        )
    last: date = busy.max().date()
    return last


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
