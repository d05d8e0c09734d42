"""Bring a city's portal up to date: new rows, edits, late closures and deletions, each batch of pages a commit."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from domain.errors import CrewcastError
from domain.portal_errors import PortalError
from domain.progress import Progress
from pipelines.board import current
from pipelines.job import Job, forgotten_before
from pipelines.steps.late_closures import ask_late_closures
from pipelines.steps.pull import Pull
from pipelines.steps.synced import portal, portal_of, reading_of
from sources.portals.wire.client import Tally
from sources.portals.wire.coarse import coarse_labels, coarse_rows
from sources.portals.wire.plugin import Opened
from storage.lock import city_lock
from storage.retention import age_out_synced, take_off_coarse
from storage.synced import State, SyncStore, drop_others, open_store


@dataclass
class Report:
    """What one sync did.

    read: rows that travelled. new: versions kept. vanished: rows gone from the portal. unreadable: lines of files that
    do not fit their header. forgotten: versions whose place has aged out. passes: data set -> first, changes or window.
    closed_late: versions that a side channel gave. side_problem: why it was not asked to the end.
    """

    city: str
    title: str
    read: int = 0
    new: int = 0
    vanished: int = 0
    unreadable: int = 0
    forgotten: int = 0
    seconds: float = 0.0
    tally: Tally = field(default_factory=Tally)
    passes: dict[str, str] = field(default_factory=dict)
    closed_late: int = 0
    side_problem: str = ""


def sync(job: Job, since: date | None, progress: Progress) -> Report:
    """Pull everything that is new. A killed sync goes on where its last commit stands.

    since: local day of creation from which the first pull begins (None: all that the data sets have). Raises
    PortalError's kinds: what was synced before stays in use, and the next run says so.
    """
    plan, folder = job.plan(), job.folder()
    _, config = portal_of(plan)
    report = Report(plan.city.city, plan.city.title)
    with city_lock(folder, f"crewcast sync {plan.city.city}", job.wait_seconds):
        store = open_store(folder, reading_of(plan.city.requests.kind, config))
        coarse = coarse_labels(config, plan.categories)
        store.is_coarse = coarse_rows(config, coarse)
        take_off_coarse(store, coarse)
        try:
            _pull_all(job, store, since, report, progress)
        except CrewcastError as error:
            store.put(_ended(store.state, job, report, error.what))
            raise
        store.compact()
        if (moment := forgotten_before(job)) is not None:
            report.forgotten = age_out_synced(store, moment)
        store.put(_ended(store.state, job, report, "").model_copy(update={"synced_at": job.now}))
        drop_others(folder, store.state.reading)
    return report


def brought_up_to_date(job: Job) -> CrewcastError | None:
    """Sync a city that has a portal before its run, and what went wrong.

    A sync that fails costs no plan: the run is made from what was pulled last and carries "failed sync".
    """
    plan = job.plan()
    if portal(plan) is None:
        return None
    try:
        with current().step(f"sync {plan.city.title}") as progress:
            sync(job, None, progress)
    except CrewcastError as error:
        return error
    return None


def _ended(state: State, job: Job, report: Report, problem: str) -> State:
    ended = {"problem": problem, "tried_at": job.now, "retried": dict(report.tally.retried)}
    return state.model_copy(update={**ended, "side_problem": report.side_problem})


def _pull_all(job: Job, store: SyncStore, since: date | None, report: Report, progress: Progress) -> None:
    began = time.perf_counter()
    plan = job.plan()
    plugin, config = portal_of(plan)
    today = pd.Timestamp(job.now).tz_convert(plan.city.timezone).date()
    assert plugin.feeds is not None
    with plugin.feeds(config, plan, today, job.open().cache / "portals") as opened:
        report.tally = opened.tally
        opened.tally.said = progress
        for feed in opened.feeds:
            pull = Pull(feed, store, job.folder().work, job.now, today, f"{plan.city.title}: {feed.name}", progress)
            done = pull.run(since, config.reread_days)
            report.passes[feed.name] = done.what
            report.read += done.read
            report.new += done.new
            report.vanished += done.vanished
            report.unreadable += done.unreadable
            report.seconds = time.perf_counter() - began
        if opened.closures is not None:
            report.closed_late, report.side_problem = _late_closures(job, store, opened, today, progress)
            report.seconds = time.perf_counter() - began


def _late_closures(job: Job, store: SyncStore, opened: Opened, today: date, progress: Progress) -> tuple[int, str]:
    """Versions kept, and what went wrong: a side channel that fails is told of and costs no sync."""
    assert opened.closures is not None
    feeds, work, before = [f.name for f in opened.feeds], job.folder().work, store.rows
    try:
        ask_late_closures(opened.closures, feeds, store, work, job.now, today, progress)
    except PortalError as error:
        return store.rows - before, error.what
    return store.rows - before, ""
