"""Portal cities: their plug-in, what decides which rows travel, and the synced rows as a run reads them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date

from domain.city import CityPlan
from domain.errors import ConfigError
from pipelines.job import Job
from sources.plugins import Synced, load, settings
from sources.portals.wire.plugin import PortalPlugin
from sources.portals.wire.section import PortalSection
from storage.home import CityFolder
from storage.synced import State
from storage.synced_read import first_and_last, newest_rows, stand

HASHED_AS = 2
"""Counts the ways in which versions are told apart: rows hashed another way are pulled anew."""


def portal_of(plan: CityPlan) -> tuple[PortalPlugin, PortalSection]:
    """The portal section of a city. Raises ConfigError where its requests come from elsewhere."""
    found = portal(plan)
    if found is None:
        raise ConfigError(
            f"{plan.city.city}: its requests come from '{plan.city.requests.kind}', there is nothing to sync",
            remedy=f"'crewcast run {plan.city.city}' reads them as they are",
        )
    found[0].check(found[1], plan)
    return found


def reading_of(kind: str, config: PortalSection) -> str:
    """A hash of what decides which rows and columns travel. A new data set or host is no other way of reading."""
    labels = sorted(list(label) for label in config.labels())
    content = [HASHED_AS, kind, config.columns.model_dump(), labels, config.updated, config.label_until]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def synced_rows(job: Job) -> Callable[[], Synced | None] | None:
    """How a run reads what was synced; None where the city's requests come from elsewhere."""
    found = portal(job.plan())
    if found is None:
        return None
    reading = reading_of(job.plan().city.requests.kind, found[1])

    def read() -> Synced | None:
        rows = newest_rows(job.folder(), reading)
        if rows is None:
            return None
        return Synced(
            rows.frame, rows.files, rows.synced_at, rows.tried_at, rows.problem, rows.deleted, rows.retried,
            rows.side_problem,
        )  # fmt: skip

    return read


def stand_of(folder: CityFolder, plan: CityPlan) -> State | None:
    """How the last sync of a city with a portal ended; None before any sync and for other cities.

    Raises SnapshotBrokenError for a manifest nobody can read.
    """
    found = portal(plan)
    return None if found is None else stand(folder, reading_of(plan.city.requests.kind, found[1]))


def synced_span(folder: CityFolder, plan: CityPlan) -> tuple[date, date] | None:
    """First and last day of what was synced from a city's portal; None before the first sync and for other cities."""
    found = portal(plan)
    if found is None:
        return None
    reading = reading_of(plan.city.requests.kind, found[1])
    return first_and_last(folder, reading, date.fromisoformat(plan.city.quality.earliest))


def portal(plan: CityPlan) -> tuple[PortalPlugin, PortalSection] | None:
    """The portal section of a city; None where its requests come from elsewhere."""
    section = plan.city.requests
    plugin = load("requests", section.kind)
    if not isinstance(plugin, PortalPlugin):
        return None
    config: PortalSection = settings(section, plugin, name="requests", file=plan.city.file)
    return plugin, config
