"""What serving may start beside reading: handed in from above, as `serving` does not import the pipelines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.category import Strict
from domain.draft import Changes


class SolveAsk(Strict):
    """A publication's plan solved again. home: the root; vintage: the publication's id."""

    home: Path
    city: str
    config: str
    vintage: str
    changes: Changes


class PublishAsk(SolveAsk):
    """A draft to publish. by, why: for the publication itself and the audit log. at: UTC, ISO 8601."""

    draft: str
    by: str
    at: str
    why: str


class SheetAsk(Strict):
    """An end-of-shift sheet: the columns of `sources.actuals`, as rows of text."""

    home: Path
    city: str
    config: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class SheetTold(Strict):
    """What became of it. aside: rows that were not kept, in words."""

    new: int
    corrected: int
    unchanged: int
    aside: tuple[str, ...]


@dataclass(frozen=True)
class Works:
    """Functions of a module's top level: they run in other processes.

    solve: plain values as `crewcast plan --json` gives them, and `roster`. publish: the id of the new vintage; holds
    the city's lock, and raises ChangedMeanwhileError where the publication is not the latest any more. file_sheet:
    holds the lock too. warm: brings a process up to speed. All raise `domain.errors`.
    scenarios: names of the weather that a plan can be solved under.
    """

    solve: Callable[[SolveAsk], dict[str, Any]]
    publish: Callable[[PublishAsk], str]
    file_sheet: Callable[[SheetAsk], SheetTold]
    warm: Callable[[], None]
    scenarios: tuple[str, ...] = ()
