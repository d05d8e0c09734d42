"""What a city is read from beside its tables: its portal's last sync, calendar files, the database of open work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from domain.city import CityPlan
from domain.errors import CrewcastError
from pipelines.check import Check
from pipelines.steps.synced import portal, stand_of
from sources.closures import closure_days
from sources.files.tables import find_files
from sources.school_terms import school_terms_table
from storage.home import CityFolder

LOOKED_AT = timedelta(days=430)
"""Closures are read this far back and ahead, as by a run."""


def check_sync(folder: CityFolder, plan: CityPlan, name: str, group: str) -> Iterator[Check]:
    """How the last sync ended; nothing for a city without a portal."""
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
        yield Check("last sync", "ok", f"whole, {state.synced_at:%Y-%m-%d %H:%M} UTC, {rows:,} versions", group=group)


def check_calendar(plan: CityPlan, today: date, group: str) -> Iterator[Check]:
    """Whether the files under `holidays` are there and can be read."""
    rule, base = plan.city.holidays, plan.city.base_dir
    if rule.closures:
        try:
            files = find_files(rule.closures, base)
            days = {d for file in files for d in closure_days(file, today - LOOKED_AT, today + LOOKED_AT)}
            yield Check("closures", "ok", f"{len(days)} days in {len(files)} files", group=group)
        except CrewcastError as error:
            yield Check("closures", "problem", error.what, error.remedy, group)
    if rule.school_terms is not None:
        try:
            terms = school_terms_table(base / Path(rule.school_terms).expanduser(), plan.city.city)
            yield Check("school terms", "ok", f"{len(terms)}, known to {terms['end'].max():%Y-%m-%d}", group=group)
        except CrewcastError as error:
            yield Check("school terms", "problem", error.what, error.remedy, group)


def check_open_work(plan: CityPlan, group: str) -> Iterator[Check]:
    """Whether the address of a database of open work orders is set; it is not asked."""
    section = plan.city.open_work
    variable = str(section.settings.get("url_env", "")) if section is not None else ""
    if variable and not os.environ.get(variable):
        yield Check("open work", "problem", f"{variable} is not set", "put the database's address there", group)
