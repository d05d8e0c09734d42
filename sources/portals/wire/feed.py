"""What a protocol offers to the sync: data sets as feeds of pages, each page with the place to go on from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from sources.label_spans import LabelCount

Pass = Literal["first", "changes", "window"]


@dataclass(frozen=True)
class Ask:
    """Which rows of a data set. since: local day of creation from which rows are wanted; None: all there are.

    mark: the latest portal clock of an earlier pass, for "changes". cursor: where an interrupted pass goes on; only
    what a page of the same feed said.
    """

    what: Pass
    since: date | None = None
    mark: datetime | None = None
    cursor: str | None = None
    validator: str | None = None


@dataclass(frozen=True)
class Page:
    """rows: `sources.portals.wire.rows.SCHEMA`. cursor: goes on after this page. total: rows of the pass, if known.

    seen: rows of the portal behind it, where some were left out here (files hold all labels). unreadable: lines that do
    not fit the header. validator: what the server calls this state of a file. is_unchanged: the file is as last read.
    """

    rows: pa.Table
    cursor: str
    total: int | None = None
    seen: int | None = None
    unreadable: int = 0
    validator: str | None = None
    is_unchanged: bool = False


class Feed(Protocol):
    """One data set. name: short and lasting, it marks the rows' origin.

    has_clock: whether "changes" can be asked. is_whole: a pass holds every row of the data set, so what is missing is
    gone. tells_vanished: whether missing rows mean anything (not in files that start anew each year). keys: request ids
    of rows created since a local day; None where asking for them makes no sense. labels: every label of rows created
    since a local day, those that the rules do not name among them.
    """

    @property
    def name(self) -> str: ...

    @property
    def has_clock(self) -> bool: ...

    @property
    def is_whole(self) -> bool: ...

    @property
    def tells_vanished(self) -> bool: ...

    def pages(self, ask: Ask) -> Iterator[Page]: ...

    def keys(self, since: date) -> Iterator[list[str]] | None: ...

    def labels(self, since: date) -> list[LabelCount]: ...
