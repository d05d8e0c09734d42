"""A snapshot: what all tables held after one load, as a list of immutable files. Readers never look for files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

import domain.tables
from domain.category import Strict
from domain.errors import SnapshotBrokenError
from domain.tables import Table
from domain.words import SCHEMA_VERSION, HealthNote
from storage.files import TableFile, path_of, read_files
from storage.home import CityFolder

CURRENT = "current.json"
_TABLES = {t.name: t for t in domain.tables.ALL}


class Meta(Strict):
    """What is known of a snapshot beside its tables.

    rows_read, rows_used, files, notes, modes, health: of the latest load, the last two as its source told them.
    first_day, last_day: local days with requests, or with counts. is_counts: the source gives daily counts. reading,
    weather_reading: how rows and weather were read, by hash; see `commit`.
    """

    is_counts: bool
    has_hours: bool
    has_backlog: bool
    rows_read: int
    rows_used: int
    files: dict[str, str]
    notes: tuple[str, ...]
    modes: tuple[str, ...] = ()
    health: tuple[HealthNote, ...] = ()
    first_day: date
    last_day: date
    reading: str
    weather_reading: str


class Listing(Strict):
    """A snapshot's manifest, from which its id is computed."""

    schema_version: int
    city: str
    meta: Meta
    tables: dict[str, tuple[TableFile, ...]]

    def identity(self) -> str:
        """A hash of everything listed: the same content has the same id in any home."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Snapshot:
    """What one city's tables held after a load. id: a hash of the content."""

    id: str
    folder: CityFolder
    meta: Meta
    listing: Listing

    def entries(self, table: Table | str) -> tuple[TableFile, ...]:
        """The listed files of a table, with what each must hold."""
        return self.listing.tables.get(table if isinstance(table, str) else table.name, ())

    def files(self, table: Table | str) -> tuple[Path, ...]:
        """Where a table's files lie."""
        return tuple(path_of(self.folder, f) for f in self.entries(table))

    def frame(self, table: Table | str) -> pd.DataFrame:
        """All rows and versions of a table, in the columns and types of `domain.tables`, sorted by its key."""
        schema = _TABLES[table] if isinstance(table, str) else table
        arrow = read_files(self.folder, self.entries(schema), schema)
        frame: pd.DataFrame = arrow.sort_by([(c, "ascending") for c in schema.key]).to_pandas()
        return frame

    def verify(self) -> None:
        """Raise SnapshotBrokenError where a file does not hold the bytes that were listed."""
        for files in self.listing.tables.values():
            for file in files:
                if hashlib.sha256(path_of(self.folder, file).read_bytes()).hexdigest() != file.sha256:
                    raise _broken(self.folder, f"file {file.path} was altered")


def read_snapshot(folder: CityFolder, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot of that id, else the current one.

    Raises SnapshotBrokenError where there is none, where a file is missing or cut short, or where a newer release
    wrote it. Contents are not hashed here; `Snapshot.verify` does that.
    """
    chosen = snapshot_id or current_id(folder)
    path = folder.snapshots / f"{chosen}.json"
    if chosen is None or not path.exists():
        raise SnapshotBrokenError(
            f"{folder.root.name}: there is no snapshot {chosen or 'yet'}",
            remedy=f"run 'crewcast run {folder.root.name}' first",
            snapshot=chosen,
        )
    raw = json.loads(path.read_bytes())
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise _broken(folder, f"snapshot {chosen} has schema {raw.get('schema_version')}, not {SCHEMA_VERSION}")
    try:
        listing = Listing.model_validate(raw)
    except ValidationError as error:
        raise _broken(folder, f"snapshot {chosen} cannot be read ({error.error_count()} wrong entries)") from error
    _check_sizes(folder, listing)
    return Snapshot(chosen, folder, listing.meta, listing)


def current_id(folder: CityFolder) -> str | None:
    """The id of the current snapshot; None before the first commit."""
    pointer = folder.snapshots / CURRENT
    return str(json.loads(pointer.read_bytes())["snapshot"]) if pointer.exists() else None


def _check_sizes(folder: CityFolder, listing: Listing) -> None:
    for files in listing.tables.values():
        for file in files:
            path = path_of(folder, file)
            if not path.exists() or path.stat().st_size != file.bytes:
                raise _broken(folder, f"file {file.path} is missing or cut short")


def _broken(folder: CityFolder, what: str) -> SnapshotBrokenError:
    return SnapshotBrokenError(
        f"{folder.root.name}: {what}",
        remedy=f"restore {folder.tables} from a backup, or remove {folder.root} and run again to load the history anew",
        folder=str(folder.root),
    )
