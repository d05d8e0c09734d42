"""Coordinates age out: taken off requests filed before a moment, in every snapshot and in what was synced.

Files are immutable, so those that hold such a place are written anew without it, every manifest is pointed at the new
ones, and the old ones are removed. A snapshot keeps its id: it is the same state of affairs, less its places.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.tables import REQUESTS
from storage.atomic import write_atomically
from storage.files import TableFile, path_of, write_file
from storage.home import CityFolder
from storage.parquet import arrow_schema
from storage.places import holds_places, placed, without_places
from storage.snapshot import CURRENT, Listing
from storage.synced import SyncStore, replaced

ISO_DAY = r"^\d{4}-\d{2}-\d{2}"


def age_out_snapshots(folder: CityFolder, before: datetime) -> int:
    """How many rows of `requests` lost their place. The caller holds the city's lock."""
    listings = {p: Listing.model_validate_json(p.read_bytes()) for p in sorted(folder.snapshots.glob("*.json"))
                if p.name != CURRENT}  # fmt: skip
    files = {f.path: f for told in listings.values() for f in told.tables.get(REQUESTS.name, ())}
    anew: dict[str, TableFile] = {}
    rows = 0
    for file in files.values():
        if file.part <= f"{before:%Y-%m}" and holds_places(path_of(folder, file)):
            table = pq.ParquetFile(path_of(folder, file)).read().replace_schema_metadata(None)
            old = pc.less(table["created_at"], pa.scalar(before, table.schema.field("created_at").type))
            if lost := placed(table, old):
                rows += lost
                aged = without_places(table, old).cast(arrow_schema(REQUESTS))
                anew[file.path] = write_file(folder, REQUESTS, aged, file.part, file.role)
    for path, told in listings.items():
        _point(path, told, anew)
    for name in anew:
        (folder.tables / name).unlink(missing_ok=True)
    return rows


def _point(path: Path, told: Listing, anew: dict[str, TableFile]) -> None:
    entries = told.tables.get(REQUESTS.name, ())
    if any(f.path in anew for f in entries):
        moved = {**told.tables, REQUESTS.name: tuple(anew.get(f.path, f) for f in entries)}
        write_atomically(path, told.model_copy(update={"tables": moved}).model_dump_json(indent=1).encode())


def take_off_coarse(store: SyncStore, coarse: tuple[str, ...]) -> int:
    """Take the places off rows that are kept no finer than the area and were pulled before that was so; how many.

    coarse: what decides which those are (`store.is_coarse`); nothing is read where it is as at the last sync.
    """
    is_coarse = store.is_coarse
    if is_coarse is None or store.state.coarse == coarse:
        return 0

    def taken_off(table: pa.Table) -> tuple[pa.Table, int]:
        found = is_coarse(table)
        return without_places(table, found), placed(table, found)

    rows = replaced(store, holds_places, taken_off)
    store.put(store.state.model_copy(update={"coarse": coarse}))
    return rows


def age_out_synced(store: SyncStore, before: datetime) -> int:
    """How many synced versions lost their place. Dates that are not ISO 8601 are judged by when the row was seen."""

    def aged(table: pa.Table) -> tuple[pa.Table, int]:
        created = pc.fill_null(table["created"], "")
        is_day = pc.match_substring_regex(created, ISO_DAY)
        by_day = pc.less(pc.utf8_slice_codeunits(created, 0, 10), f"{before:%Y-%m-%d}")
        by_sight = pc.less(table["known_at"], pa.scalar(before, table.schema.field("known_at").type))
        old = pc.if_else(is_day, by_day, by_sight)
        return without_places(table, old), placed(table, old)

    return replaced(store, holds_places, aged)
