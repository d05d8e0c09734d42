"""What a city is read from beside its tables: the last sync, calendar files, open work, shift sheets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from allocation.problem import Problem
from domain.city import CityPlan
from domain.errors import CrewcastError
from pipelines.check import Check
from pipelines.steps.synced import portal, stand_of
from sources.closures import closure_days, event_days
from sources.files.tables import find_files
from sources.school_terms import school_terms_table
from storage.actuals import read_actuals
from storage.home import CityFolder
from storage.vintages import latest

OLD_DAYS = 2
LOOKED_AT = timedelta(days=430)
"""Closures are read this far back and ahead, as by a run."""


def check_sync(folder: CityFolder, plan: CityPlan, name: str, today: date, group: str) -> Iterator[Check]:
    """How the last sync ended, and how long ago; nothing for a city without a portal."""
    if portal(plan) is None:
        return
    try:
        state = stand_of(folder, plan)
    except CrewcastError as error:
        yield Check("last sync", "problem", error.what, error.remedy, group)
        return
    again = f"run `crewcast sync {name}`"
    if state is None:
        yield Check("last sync", "note", "never synced here", again, group)
    elif state.problem:
        yield Check("last sync", "problem", f"failed on {state.tried_at:%Y-%m-%d}: {state.problem}", again, group)
    elif state.synced_at is None:
        yield Check("last sync", "note", "the first one has not ended", f"{again}: it goes on where it stopped", group)
    else:
        rows = sum(f.rows for f in state.files)
        told = f"whole, {state.synced_at:%Y-%m-%d %H:%M} UTC, {rows:,} versions"
        is_old = (today - state.synced_at.date()).days > OLD_DAYS
        remedy = f"{again}, or `crewcast schedule {name}`, which syncs before each run" if is_old else ""
        yield Check("last sync", "note" if is_old else "ok", told, remedy, group)


def check_locks_to_come(folder: CityFolder, plan: CityPlan, group: str) -> Iterator[Check]:
    """Locks of days that the newest plan does not reach: nobody would see them there."""
    try:
        last = latest(folder).manifest.last_date
    except CrewcastError:
        return  # the line on the latest plan tells
    for lock in plan.city.crews.locks:
        if lock.date > last:
            detail = f"{lock} is for a day after {last}, the last of the newest plan"
            yield Check("lock", "note", detail, "nothing if it is meant; else correct its date in the YAML", group)


def check_calendar(plan: CityPlan, today: date, group: str) -> Iterator[Check]:
    """Whether the files under `holidays` are there and can be read."""
    rule, base = plan.city.holidays, plan.city.base_dir
    span = (today - LOOKED_AT, today + LOOKED_AT)
    named = {
        "closures": (rule.closures, lambda file: closure_days(file, *span)),
        "events": (rule.events, lambda file: event_days(file, *span, plan.city.zone)),
    }
    for what, (patterns, days_of) in named.items():
        if patterns:
            yield _days(what, patterns, base, days_of, group)
    if rule.school_terms is not None:
        try:
            terms = school_terms_table(base / Path(rule.school_terms).expanduser(), plan.city.city)
            yield Check("school terms", "ok", f"{len(terms)}, known to {terms['end'].max():%Y-%m-%d}", group=group)
        except CrewcastError as error:
            yield Check("school terms", "problem", error.what, error.remedy, group)


def _days(
    what: str, patterns: tuple[str, ...], base: Path, days_of: Callable[[Path], dict[date, str]], group: str
) -> Check:
    try:
        found = {day for file in find_files(patterns, base) for day in days_of(file)}
    except CrewcastError as error:
        return Check(what, "problem", error.what, error.remedy, group)
    return Check(what, "ok", f"days named: {len(found)}", group=group)


def check_open_work(plan: CityPlan, group: str) -> Iterator[Check]:
    """Whether the address of a database of open work orders is set; it is not asked."""
    section = plan.city.open_work
    variable = str(section.settings.get("url_env", "")) if section is not None else ""
    if variable and not os.environ.get(variable):
        yield Check("open work", "problem", f"{variable} is not set", "put the database's address there", group)


def check_sheets(folder: CityFolder, plan: CityPlan, group: str) -> Iterator[Check]:
    """Shift sheets filed, and on how many measured figures the last plan rests; nothing where none was ever filed."""
    try:
        shifts, _ = read_actuals(folder, plan.city.zone)
        rests_on = Problem.model_validate_json(latest(folder).bytes("problem.json")).measured
    except CrewcastError as error:
        yield Check("shift sheets", "problem", error.what, error.remedy, group)
        return
    if len(shifts):
        told = f"{len(shifts)} shifts filed, the last of {shifts['date'].max():%Y-%m-%d}"
        figures = f"{len(rests_on)} measured figure{'' if len(rests_on) == 1 else 's'}"
        yield Check("shift sheets", "ok", f"{told}; the last plan rests on {figures}", group=group)
