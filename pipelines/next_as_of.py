"""The as-of day of a run that names none: of one that has read its data, and of one that would begin now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.city import CityPlan
from pipelines.steps.synced import portal
from storage.home import CityFolder
from storage.snapshot import Snapshot, current_id, read_snapshot
from storage.vintages import list_vintages, read_vintage


def as_late_as_it_gets(snapshot: Snapshot, plan: CityPlan, now: datetime) -> date:
    """Rows of a portal age: such a city is planned for from today on, however far behind its feed is. A file is a state
    of affairs, and its last day is the day of the run."""
    last = snapshot.meta.last_day
    return last if portal(plan) is None else max(last, now.astimezone(plan.city.zone).date() - timedelta(days=1))


def next_as_of(folder: CityFolder, plan: CityPlan | None, now: datetime) -> date | None:
    """The as-of day of a run begun now on the data that were loaded last; None where none were.

    plan: None where the city's YAML is not at hand: then no earlier than the plans that were published.
    """
    if current_id(folder) is None:
        return None
    snapshot = read_snapshot(folder)
    if plan is not None:
        return as_late_as_it_gets(snapshot, plan, now)
    published = [read_vintage(folder, name).manifest.as_of for name in list_vintages(folder)[-1:]]
    return max([snapshot.meta.last_day, *published])
