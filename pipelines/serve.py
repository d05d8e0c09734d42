"""What `crewcast serve` may start: a plan solved again, a draft published, a shift sheet filed. Nothing is trained."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from allocation.crew_changes import CrewChange
from allocation.moved_crews import move_words
from domain.draft import Changes, EditEntry
from domain.errors import ConfigError
from domain.progress import silent
from models.long_view.scenarios import NAMES
from pipelines.actuals import file_sheet as keep_sheet
from pipelines.job import Job
from pipelines.steps.edited import check_latest, publish_edited
from pipelines.steps.whatif import Ask, Base, base_of, what_if
from pipelines.steps.whatif_files import as_dict
from serving.web.api.encode import records
from serving.web.works import PublishAsk, SheetAsk, SheetTold, SolveAsk, Works
from storage.home import CityFolder, open_home
from storage.lock import city_lock
from storage.vintages import Vintage, read_vintage

WAIT_SECONDS = 20.0


def works() -> Works:
    """For `serving.web.app.create_app`."""
    return Works(solve=solve, publish=publish, file_sheet=file_sheet, warm=warm, scenarios=NAMES)


def solve(ask: SolveAsk) -> dict[str, Any]:
    """A what-if; the published plan is made again once a process and publication."""
    folder, vintage = _opened(ask)
    plan = Job(ask.config, ask.home, datetime.now(UTC)).plan() if ask.changes.scenario else None
    found = what_if(vintage, folder, plan, asked(ask.changes), silent, _base(vintage.folder))
    return as_dict(found, vintage.manifest) | {"roster": records(found.roster)}


def publish(ask: PublishAsk) -> str:
    """A draft as a new vintage, under the city's lock."""
    folder, vintage = _opened(ask)
    said = (
        *(f"crews {c.target}={c.number:+d}" for c in ask.changes.crews),
        *(move_words(m) for m in ask.changes.moves),
    )
    said += tuple(str(lock) for lock in ask.changes.locks)
    said += () if ask.changes.absence is None else (f"absence {ask.changes.absence:.0%}",)
    if ask.changes.scenario is not None:
        raise ConfigError(
            "a draft under another weather cannot be published: its draws are not the forecast's",
            remedy="take the scenario out of the draft",
        )
    edit = EditEntry(base=ask.vintage, draft=ask.draft, by=ask.by, at=ask.at, why=ask.why, asked=said)
    check_latest(folder, vintage)
    with city_lock(folder, f"crewcast serve: publish the draft '{ask.draft}'", WAIT_SECONDS):
        return publish_edited(folder, vintage, asked(ask.changes), edit, silent)


def file_sheet(ask: SheetAsk) -> SheetTold:
    """A sheet from the form, by the way of any other sheet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shift.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([ask.columns, *ask.rows])
        kept = keep_sheet(Job(ask.config, ask.home, datetime.now(UTC), wait_seconds=WAIT_SECONDS), path)
    filed = kept.filed
    return SheetTold(
        new=filed.new, corrected=filed.corrected, unchanged=filed.unchanged, aside=tuple(str(a) for a in kept.aside)
    )


def warm() -> None:
    """Importing this module is what takes time."""


def asked(changes: Changes) -> Ask:
    crews = tuple(CrewChange(c.target, c.number) for c in changes.crews)
    return Ask(crews, changes.locks, changes.absence, changes.scenario, changes.moves)


def _opened(ask: SolveAsk) -> tuple[CityFolder, Vintage]:
    folder = open_home(ask.home).city(ask.city)
    return folder, read_vintage(folder, ask.vintage)


@lru_cache(maxsize=2)
def _base(folder: Path) -> Base:
    return base_of(Vintage(folder), silent)
