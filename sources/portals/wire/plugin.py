"""Portal sections as request sources: a sync writes their rows, a run reads what was synced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Semaphore
from typing import Any, Protocol

import httpx
import pandas as pd

from domain.city import CityPlan
from domain.portal_errors import NothingSyncedError
from domain.words import MODE_FAILED_SYNC, HealthNote
from sources.plugins import Context, Plugin, Requests, Synced
from sources.portals.wire.client import AGENT, Client, Tally
from sources.portals.wire.feed import Feed
from sources.portals.wire.guard import Guard
from sources.portals.wire.kept import KeptAnswers
from sources.portals.wire.labels import narrowed
from sources.portals.wire.open311 import NAME as SIDE
from sources.portals.wire.open311 import LateClosures, refusal
from sources.portals.wire.section import PortalSection
from sources.validate import validate_requests
from sources.validation.labels import category_of_label


@dataclass(frozen=True)
class Opened:
    """Feeds in the order of the YAML. tally: what asking them has cost so far. closures: the side channel, if any."""

    feeds: list[Feed]
    tally: Tally
    closures: LateClosures | None = None


class MakeClient(Protocol):
    """A client for one data set: its name is put into every error."""

    def __call__(
        self, dataset: str, headers: Mapping[str, str] | None = None, refuse: Any = None, *, is_page: bool = False
    ) -> Client: ...


OpenFeeds = Callable[[Any, MakeClient, date], list[Feed]]
"""today: the local day, for files that are named by their year."""


@dataclass(frozen=True)
class PortalPlugin(Plugin[Any, Requests]):
    """A protocol. feeds: its data sets, opened for one sync; the connections are closed at the end of the context.

    Called with the section, the city, the local day, and `cache`: a folder for answers that seldom change.
    """

    feeds: Callable[..., AbstractContextManager[Opened]] | None = None


def portal_plugin(config: type[PortalSection], open_feeds: OpenFeeds) -> PortalPlugin:
    """The plug-in of a protocol."""

    def feeds(section: Any, plan: CityPlan, today: date, cache: Path | None = None) -> AbstractContextManager[Opened]:
        return _opened(section, plan, open_feeds, today, KeptAnswers(cache) if cache is not None else None)

    return PortalPlugin(config, read, check, feeds=feeds)


@contextmanager
def _opened(
    section: PortalSection, plan: CityPlan, open_feeds: OpenFeeds, today: date, kept: KeptAnswers | None
) -> Iterator[Opened]:
    tally, slots = Tally(), Semaphore(section.manners.at_once)
    limits = httpx.Limits(max_connections=section.manners.at_once, max_keepalive_connections=section.manners.at_once)
    timeout = httpx.Timeout(section.manners.timeout_seconds)
    standard = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    with httpx.Client(timeout=timeout, limits=limits, follow_redirects=False) as http:

        def make(
            dataset: str, headers: Mapping[str, str] | None = None, refuse: Any = None, *, is_page: bool = False
        ) -> Client:
            about = f"{plan.city.title}: {dataset}"
            guard = Guard(about, section.hosts, section.base.startswith("http://"))
            given = refuse or (lambda status, body, about: None)
            sent = {**standard, **(headers or {})}
            return Client(guard, section.manners.plain(), sent, tally, http, given, slots, kept=kept)

        side = _side_channel(section, plan, tally, http) if section.closures else None
        yield Opened(open_feeds(section, make, today), tally, side)


def _side_channel(section: PortalSection, plan: CityPlan, tally: Tally, http: httpx.Client) -> LateClosures:
    """Asked one call at a time, with pauses of its own."""
    config = section.closures
    assert config is not None
    guard = Guard(f"{plan.city.title}: {SIDE}", (config.host,), config.url.startswith("http://"))
    manners = replace(section.manners.plain(), pause_seconds=config.pause_seconds, at_once=1)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip"}
    client = Client(guard, manners, headers, tally, http, refusal, Semaphore(1))
    return LateClosures(config, client, plan.city.zone)


def read(config: PortalSection, ctx: Context) -> Requests:
    """The newest synced version of each request, validated. Never asks the portal.

    Raises NothingSyncedError before the first sync.
    """
    ctx.progress("reading synced requests")
    synced = ctx.synced() if ctx.synced is not None else None
    if synced is None or synced.frame.empty:
        city = ctx.plan.city.city
        raise NothingSyncedError(
            f"{city}: no request of its portal has been synced yet", remedy=f"run 'crewcast sync {city}' first"
        )
    frame = _labelled(synced.frame, config)
    ctx.progress(f"checking {len(frame):,} rows of requests")
    checked = validate_requests(frame, config.rules, ctx, "synced rows")
    if checked.rows is not None:
        checked = replace(checked, seen=_seen(checked.rows, frame))
    notes = (*_notes(config, synced), *([config.attribution] if config.attribution else []))
    modes = (MODE_FAILED_SYNC,) if synced.problem else ()
    health = tuple(_health(synced, ctx.plan.city.city))
    return replace(checked, files=synced.files, notes=notes, modes=modes, health=health)


def check(config: PortalSection, plan: CityPlan) -> None:
    """Raises ConfigError where a label is mapped to a category that the city does not have."""
    category_of_label(config.rules, plan.categories)


def _labelled(frame: pd.DataFrame, config: PortalSection) -> pd.DataFrame:
    keys = [*config.rules.labels, *config.rules.excluded_labels]
    return frame.assign(label=narrowed(frame["label"], keys)) if len(config.columns.label) > 1 else frame


def _seen(rows: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """The moment at which the sync learned what each row says."""
    last = frame.dropna(subset=["request_id"]).drop_duplicates("request_id", keep="last")
    seen = last.set_index(last["request_id"].astype("str").str.strip())["seen_at"]
    seen = seen[~seen.index.duplicated(keep="last")]
    return rows["request_id"].map(seen)


def _health(synced: Synced, city: str) -> Iterator[HealthNote]:
    """When the last sync was, how it ended, and what it had to ask again."""
    whole = f"{synced.synced_at:%Y-%m-%d %H:%M} UTC"
    if synced.problem:
        failed = f"failed on {synced.tried_at:%Y-%m-%d}: {synced.problem}; requests as of {whole} are used"
        yield "last sync", failed, "warning", f"run 'crewcast sync {city}' again: it goes on where it stopped"
    else:
        yield "last sync", f"whole, {whole}", "ok", ""
    if synced.side_problem:
        failed = f"not known: {synced.side_problem}"
        yield (
            "late closures",
            failed,
            "warning",
            "sync again; correct or take out `closures` in the YAML if it stays so",
        )
    if synced.retried:
        again = ", ".join(f"{n:,} × {reason}" for reason, n in sorted(synced.retried.items()))
        yield "calls made again", again, "note", ""


def _notes(config: PortalSection, synced: Synced) -> Iterator[str]:
    for sentence in config.cannot_carry:
        yield f"the feed cannot carry: {sentence}"
    if config.unverified_labels:
        yield f"labels not seen at the portal yet: {', '.join(config.unverified_labels)}"
    if synced.deleted:
        yield f"{synced.deleted:,} requests have vanished from the portal: counted as filed, closed when that was seen"
    if synced.problem:
        yield f"requests as synced on {synced.synced_at:%Y-%m-%d}; a later sync failed: {synced.problem}"
