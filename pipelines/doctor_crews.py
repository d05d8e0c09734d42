"""Crews, locks and yards that no plan can be made from, as far as the last read or files on disk tell without a run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pandas as pd

from allocation.problem_checks import check_places, check_travel
from domain.city import CityPlan
from domain.errors import CrewcastError
from domain.tables import AREAS
from pipelines.check import Check
from pipelines.crews import check_crews, check_points
from pipelines.steps.synced import portal
from sources.plugins import AreasRead, Context, Requests, Sections
from sources.web_file import is_url
from storage.home import CityFolder
from storage.known import read_known, resolve_origin
from storage.snapshot import current_id
from storage.snapshots import Snapshot, read_snapshot


def check_crews_of(folder: CityFolder, sections: Sections, context: Context, group: str) -> list[Check]:
    """What the plan step would refuse; nothing where all is well."""
    plan, last = context.plan, _last_read(folder)
    try:
        check_crews(plan, _first_planned(plan, last, context.today))
        if any(yard.lat is not None for yard in plan.city.crews.yards):
            _check_yards(plan, last, sections, context)
    except CrewcastError as error:
        return [Check("crews", "problem", error.what, error.remedy, group)]
    return []


def _last_read(folder: CityFolder) -> Snapshot | None:
    """None before the first snapshot, or where it cannot be read, which the line on data tells."""
    try:
        return read_snapshot(folder) if current_id(folder) is not None else None
    except CrewcastError:
        return None


def _first_planned(plan: CityPlan, last: Snapshot | None, today: date) -> date:
    """The first day that the next run may plan. Files are planned for from their last day on, which may be long past
    and before the first read is any; locks of days before it are past."""
    if portal(plan) is not None:
        return today
    if last is not None:
        return min(today, last.meta.last_day + timedelta(days=1))
    return min([today, *(lock.date for lock in plan.city.crews.locks)])


def _check_yards(plan: CityPlan, last: Snapshot | None, sections: Sections, context: Context) -> None:
    """Yards against the map; where there is none, against the points of the rows. Raises ConfigError."""
    areas = _areas_at_hand(sections, context) if last is None else last.frame(AREAS)
    if areas is None:
        return
    if len(areas):
        check_places(plan, areas)
    elif last is None:
        requests = _requests_at_hand(sections, context)
        if requests is not None:
            check_points(plan, areas, requests)
    else:
        as_of, origin, _ = resolve_origin(last, plan, None)
        found = read_known(last, plan, as_of, origin).areas
        check_travel(plan.city.crews.yards, found.lat, found.lon)


def _areas_at_hand(sections: Sections, context: Context) -> pd.DataFrame | None:
    """The areas of a city that was never read, where they lie on disk or are made, without rows where they are taken
    from the requests; None where they cannot be read, which the line on files tells."""
    plugin, config = sections["areas"]
    if _has_url(config.model_dump()):
        return None
    try:
        return cast(AreasRead, plugin.read(config, context)).areas
    except CrewcastError:
        return None


def _requests_at_hand(sections: Sections, context: Context) -> Requests | None:
    """The requests of a city that was never read, where its files lie on disk and can be read."""
    plugin, config = sections["requests"]
    if portal(context.plan) is not None or _has_url(config.model_dump()):
        return None
    try:
        return cast(Requests, plugin.read(config, context))
    except CrewcastError:
        return None  # what is wrong with them a run says; here nothing is known of places


def _has_url(section: dict[str, object]) -> bool:
    return any(is_url(value) for value in section.values() if isinstance(value, str))
