"""One data set in one sync: the pass that is due, committed batch by batch, then what has vanished."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from domain.progress import Progress
from pipelines.steps.vanished import mark_vanished
from sources.portals.wire.ahead import read_ahead
from sources.portals.wire.feed import Ask, Feed, Page, Pass
from sources.portals.wire.rows import SCHEMA
from sources.portals.wire.section import CLOCK
from storage.synced import DatasetState, SyncStore
from storage.synced_index import Hashes, hashed

COMMIT_ROWS = 50_000
COMMIT_SECONDS = 10.0
WINDOW_EDGE = timedelta(days=2)
"""A window is asked for with some room: at its edge a row may be missing because of time zones."""


@dataclass
class Done:
    """What a pull did: the pass, rows met, versions kept, rows gone, lines that could not be read."""

    what: str = ""
    read: int = 0
    new: int = 0
    vanished: int = 0
    unreadable: int = 0


@dataclass
class Pull:
    """about: "City: data set". today: local day. batch: rows that wait for a commit; met: ids of a window pass."""

    feed: Feed
    store: SyncStore
    work: Path
    now: datetime
    today: date
    about: str
    progress: Progress
    done: Done = field(default_factory=Done)
    batch: list[pa.Table] = field(default_factory=list)
    met: list[Hashes] = field(default_factory=list)
    unchanged: bool = False
    began: float = field(default_factory=time.perf_counter)
    committed: float = field(default_factory=time.perf_counter)

    def run(self, since: date | None, reread_days: int) -> Done:
        """Raises PortalError's kinds; what was committed before stays."""
        before = self.store.state.datasets.get(self.feed.name, DatasetState())
        ask, stand = self._due(before, since, reread_days)
        self.done.what = ask.what
        self._pass(ask, stand)
        if ask.what != "first" and ask.cursor is None and self.feed.tells_vanished and not self.unchanged:
            self._vanished(ask, reread_days)
        return self.done

    def _due(self, stand: DatasetState, since: date | None, reread_days: int) -> tuple[Ask, DatasetState]:
        """What to ask for. An interrupted pass goes on; an earlier `since` than before begins a first pass anew."""
        reaches = stand.since is None or since is None or since >= stand.since
        what: Pass = "changes" if self.feed.has_clock else "window"
        day = stand.since
        if not (stand.is_complete and reaches):
            what, day = "first", since or stand.since
        elif what == "window" and not self.feed.is_whole:
            day = max(d for d in (self.today - timedelta(days=reread_days), stand.since) if d is not None)
        goes_on = stand.what == what and stand.pass_since == day and stand.cursor is not None
        fresh: dict[str, Any] = {} if goes_on else {"cursor": None, "high": None, "rows": 0, "began": self.now}
        fresh |= {"what": what, "pass_since": day} | ({"since": day} if what == "first" else {})
        validator = None if what == "first" else stand.validator
        ask = Ask(what, day, stand.mark, stand.cursor if goes_on else None, validator)
        return ask, stand.model_copy(update=fresh)

    def _pass(self, ask: Ask, stand: DatasetState) -> None:
        total: int | None = None
        validator = ask.validator
        for page in read_ahead(self.feed.pages(ask)):
            total = (page.total + stand.rows) if page.total is not None else total
            stand = self._met(page, stand)
            validator, self.unchanged = page.validator or validator, page.is_unchanged
            self._tell(stand.rows, total)
            waiting = sum(rows.num_rows for rows in self.batch)
            if waiting >= COMMIT_ROWS or time.perf_counter() - self.committed > COMMIT_SECONDS:
                self._commit(ask, stand)
        latest = max((m for m in (stand.high, stand.mark) if m is not None), default=None)
        mark = latest and min(latest, stand.began or latest)
        ended = {"what": "", "cursor": None, "is_complete": True, "mark": mark, "high": None, "ended_at": self.now,
                 "validator": validator}  # fmt: skip
        self._commit(ask, stand.model_copy(update=ended))

    def _met(self, page: Page, stand: DatasetState) -> DatasetState:
        rows = self._clocked(page.rows)
        self.batch.append(rows)
        self.done.read += rows.num_rows
        self.done.unreadable += page.unreadable
        latest = pc.max(rows[CLOCK]).as_py() if rows.num_rows else None
        high = max((m for m in (stand.high, latest) if m is not None), default=None)
        return stand.model_copy(update={"cursor": page.cursor, "rows": stand.rows + rows.num_rows, "high": high})

    def _clocked(self, rows: pa.Table) -> pa.Table:
        """A clock that lies ahead says nothing, and would hide every edit until then."""
        ahead = pa.scalar(self.now + timedelta(days=1), SCHEMA.field(CLOCK).type)
        clock = pc.if_else(pc.fill_null(pc.greater(rows[CLOCK], ahead), False), None, rows[CLOCK])
        return rows.set_column(rows.schema.get_field_index(CLOCK), CLOCK, clock)

    def _commit(self, ask: Ask, stand: DatasetState) -> None:
        rows = pa.concat_tables([SCHEMA.empty_table(), *self.batch])
        basis = "assumed" if ask.what == "first" else "observed"
        self.done.new += self.store.append(self.feed.name, rows, stand, self.now, basis)
        if ask.what == "window":
            self.met.append(hashed(rows["request_id"]))
        self.batch, self.committed = [], time.perf_counter()

    def _vanished(self, ask: Ask, reread_days: int) -> None:
        if ask.what == "changes":
            since: date | None = self.today - timedelta(days=reread_days)
            ids = self.feed.keys(since) if since is not None else None
            if ids is None:
                return
            met = [hashed(pa.array(some, pa.string())) for some in ids]
            since = since and since + WINDOW_EDGE
        else:
            since = None if self.feed.is_whole or ask.since is None else ask.since + WINDOW_EDGE
            met = self.met
        self.done.vanished += mark_vanished(self.store, self.work, self.feed.name, since, met, self.now, self.about)

    def _tell(self, done: int, total: int | None) -> None:
        rate = self.done.read / max(time.perf_counter() - self.began, 1e-6)
        left = f", {max(total - done, 0) / rate:,.0f} s left" if total and rate > 0 else ""
        self.progress(f"{self.feed.name}: {done:,} rows, {rate:,.0f} a second{left}", done, total)
