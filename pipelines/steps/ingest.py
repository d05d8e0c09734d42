"""Read every source of a city, validate it, and commit what is new as a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from allocation.problem_checks import check_places
from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, SourceUnreadableError
from domain.progress import Progress
from domain.tables import WEATHER_OBSERVED
from domain.words import MODE_OTHER_BACKLOG
from pipelines.checked import checked
from pipelines.crews import check_points
from pipelines.job import Job, Run, forgotten_before
from pipelines.next_as_of import as_late_as_it_gets
from pipelines.steps.open_work import open_work
from pipelines.steps.synced import synced_rows
from sources.calendar import holidays_table
from sources.plugins import AreasRead, Context, Kind, Requests, Sections, WeatherRead
from sources.school_terms import school_terms_table
from sources.validate import check_share
from storage.known import resolve_origin
from storage.reading import weather_reading_of
from storage.retention import age_out_snapshots
from storage.snapshot import current_id
from storage.snapshots import Incoming, Snapshot, commit, read_snapshot

CALENDAR_BEYOND_DAYS = 430
"""Holidays are kept this far beyond the data, so that a year ahead can be forecast."""
FORGETFUL = (
    "places of requests are kept for {days} days: worklists rest on those, and a day planned again later has another "
    "worklist than the plan that was published then"
)
TERMS_AHEAD_DAYS = 45
"""A file of school terms that ends earlier is spoken of."""


def ingest(job: Job, progress: Progress) -> Run:
    """From sources to a committed snapshot, and the origin that follows from it."""
    plan = job.plan()
    sections = checked(job)
    today = job.now.astimezone(plan.city.zone).date()
    _refuse_to_come(job, today)

    def read(kind: Kind, context: Context) -> Any:
        progress(f"reading {kind}")
        plugin, config = sections[kind]
        return plugin.read(config, context)

    context = Context(plan, job.open().cache, today, progress, now=job.now, synced=synced_rows(job))
    areas: AreasRead = read("areas", context)
    check_places(plan, areas.areas)
    context = replace(context, areas=areas.areas)
    requests: Requests = read("requests", context)
    check_share(requests, plan.city.quality)
    check_points(plan, areas.areas, requests)
    weather, lost = _weather(job, sections, lambda: read("weather", context))
    requests = _forgetful(job, requests)
    orders, said = open_work(sections, lambda: read("open_work", context), plan.city.city)
    progress("writing what is new")
    terms, ending = _school_terms(plan, today)
    incoming = _incoming(plan, areas, requests, weather, (*lost, *said, *ending))
    modes = (*incoming.modes, *_left_to_311(sections, orders))
    incoming = replace(incoming, open_work=orders, school_terms=terms, modes=modes)
    snapshot = commit(job.folder(), plan, incoming, job.now)
    return resolve(job, snapshot)


def _weather(
    job: Job, sections: Sections, read: Callable[[], WeatherRead]
) -> tuple[WeatherRead | None, tuple[str, ...]]:
    """What the source gives. Where a live one fails, nothing and why: the weather of the last load stays in use, and
    its age is a mode of the run (or stops it, above quality.max_weather_age_days)."""
    if "weather" not in sections:
        return None, ()
    try:
        return read(), ()
    except SourceUnreadableError as error:
        folder, plan = job.folder(), job.plan()
        if not sections["weather"][0].is_live or current_id(folder) is None:
            raise
        last = read_snapshot(folder)
        if last.meta.weather_reading != weather_reading_of(plan) or not last.entries(WEATHER_OBSERVED):
            raise
        return None, (f"weather of the last load is used: {error.what}",)


def _school_terms(plan: CityPlan, today: date) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """The terms of the file that the YAML names, and a sentence where they end soon."""
    named = plan.city.holidays.school_terms
    if named is None:
        return None, ()
    table = school_terms_table(plan.city.base_dir / Path(named).expanduser(), plan.city.city)
    last = table["end"].max().date()
    if last >= today + timedelta(days=TERMS_AHEAD_DAYS):
        return table, ()
    return table, (f"school terms are known to {last} only: of later days nothing is assumed",)


def _left_to_311(sections: Mapping[Kind, object], orders: pd.DataFrame | None) -> tuple[str, ...]:
    return (MODE_OTHER_BACKLOG,) if "open_work" in sections and orders is None else ()


def _forgetful(job: Job, requests: Requests) -> Requests:
    """Places older than the city keeps them are taken off what was stored before and off what comes in."""
    before = forgotten_before(job)
    if before is None or requests.rows is None:
        return requests
    age_out_snapshots(job.folder(), before)
    old = requests.rows["created_at"] < before
    places = {name: requests.rows[name].mask(old) for name in ("lat", "lon")}
    told = FORGETFUL.format(days=job.plan().city.retention_days)
    return replace(requests, rows=requests.rows.assign(**places), notes=(*requests.notes, told))


def _refuse_to_come(job: Job, today: date) -> None:
    """What will be known at the end of a day to come is not known yet."""
    if job.as_of is not None and job.as_of > today:
        raise AsOfOutsideDataError(
            f"{job.plan().city.title}: {job.as_of} is yet to come; today is {today} there",
            remedy=f"choose --as-of {today} or earlier, or leave it out",
            as_of=job.as_of,
        )


def resolve(job: Job, snapshot: Snapshot) -> Run:
    """The run on a snapshot: its as-of day, origin and modes."""
    asked = job.as_of or as_late_as_it_gets(snapshot, job.plan(), job.now)
    as_of, origin, modes = resolve_origin(snapshot, job.plan(), asked)
    return Run(job, snapshot.id, as_of, origin, modes)


def _incoming(
    plan: CityPlan, areas: AreasRead, requests: Requests, weather: WeatherRead | None, lost: tuple[str, ...]
) -> Incoming:
    corrections = [areas.corrections, requests.corrections] + ([weather.corrections] if weather else [])
    first, last = _span(plan, requests)
    return Incoming(
        rows=_with_moments(requests),
        counts=requests.counts,
        weather_observed=weather.observed if weather else None,
        weather_issued=weather.issued if weather else None,
        areas=areas.areas,
        calendar=holidays_table(
            plan.city.holidays,
            plan.city.city,
            first,
            last + timedelta(days=CALENDAR_BEYOND_DAYS),
            plan.city.base_dir,
            plan.city.zone,
        ),
        quarantine=requests.quarantine,
        corrections=pd.concat([c for c in corrections if len(c)] or [requests.corrections], ignore_index=True),
        rows_read=requests.rows_read,
        has_hours=requests.has_hours,
        has_backlog=requests.has_backlog,
        modes=requests.modes,
        health=requests.health,
        files={**areas.files, **requests.files, **(weather.files if weather else {})},
        notes=(*requests.notes, *(weather.notes if weather else ()), *lost, *areas.notes),
    )


def _with_moments(requests: Requests) -> pd.DataFrame | None:
    """The rows, with the moments at which syncs learned what they say, where there were syncs."""
    if requests.rows is None or requests.seen is None:
        return requests.rows
    return requests.rows.assign(seen_at=requests.seen)


def _span(plan: CityPlan, requests: Requests) -> tuple[date, date]:
    """First and last local day of the requests."""
    if requests.rows is not None:
        local = requests.rows["created_at"].dt.tz_convert(plan.city.timezone)
    else:
        assert requests.counts is not None
        local = requests.counts["date"]
    return local.min().date(), local.max().date()
