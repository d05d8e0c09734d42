"""Commit of a load: new versions go into new files, then one small file is replaced. That is the whole commit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd
import psutil

from domain.city import CityPlan
from domain.errors import SourceUnreadableError
from domain.tables import (
    AREAS,
    CALENDAR,
    CORRECTIONS,
    COUNTS,
    OPEN_WORK,
    QUARANTINE,
    REQUESTS,
    SCHOOL_TERMS,
    WEATHER_ISSUED,
    WEATHER_OBSERVED,
    Table,
)
from domain.words import SCHEMA_VERSION, HealthNote
from storage import archive, versions
from storage.atomic import sweep, write_atomically
from storage.files import TableFile, append, by_part, write_file
from storage.home import CityFolder
from storage.parquet import to_arrow
from storage.query import SPILL
from storage.reading import rows_reading, weather_reading_of
from storage.snapshot import CURRENT, Listing, Meta, Snapshot, current_id, read_snapshot

__all__ = ["Incoming", "Snapshot", "commit", "read_snapshot"]


@dataclass(frozen=True)
class Incoming:
    """One load, in the columns of `domain.tables`.

    Exactly one of rows (`requests` without known_at and known_at_basis) and counts (`counts` without known_at).
    Weather comes with known_at, or is None. areas may be None or empty. quarantine, corrections: of this load.
    files: name -> sha256 of what was read. modes, health: what the source of the requests tells of itself. open_work:
    columns of `open_work`, where an export of it takes the place of the requests' open rows.
    school_terms: of the file that the YAML names.
    """

    rows: pd.DataFrame | None
    counts: pd.DataFrame | None
    weather_observed: pd.DataFrame | None
    weather_issued: pd.DataFrame | None
    areas: pd.DataFrame | None
    calendar: pd.DataFrame
    quarantine: pd.DataFrame
    corrections: pd.DataFrame
    rows_read: int
    has_hours: bool
    files: dict[str, str]
    notes: tuple[str, ...] = field(default=())
    has_backlog: bool = True
    modes: tuple[str, ...] = ()
    health: tuple[HealthNote, ...] = ()
    open_work: pd.DataFrame | None = None
    school_terms: pd.DataFrame | None = None


def commit(folder: CityFolder, plan: CityPlan, incoming: Incoming, now: datetime) -> Snapshot:
    """Store what a load brought and make it the current snapshot. The caller holds the city's lock.

    now: when the load ran (UTC); edits and late arrivals it finds became known at that moment (`storage.versions`).
    A load that brings nothing yields the snapshot there is. Where the way of reading changed (mapping, categories,
    areas, time zone; for weather its mapping), the history is loaded anew, as a first load: rows read under two
    mappings are not versions of each other. Issued forecasts that the source no longer has stay all the same. Older
    snapshots stay readable by id.
    Raises SourceUnreadableError where a first load holds no usable row.
    """
    _sweep(folder)
    there = read_snapshot(folder) if current_id(folder) else None
    reading, weather_reading = rows_reading(plan, incoming.areas), weather_reading_of(plan)
    before = there if there and there.meta.reading == reading else None
    weather_before = there if there and there.meta.weather_reading == weather_reading else None
    demand = _demand(folder, plan, incoming, before, now)
    observed, issued, kept = _weather(folder, plan, incoming, weather_before, now)
    if weather_before is None and there is not None:
        issued = _carried(folder, there, incoming.weather_issued, issued)
    corrections = pd.concat([incoming.corrections, kept], ignore_index=True) if len(kept) else incoming.corrections
    tables = {
        **demand,
        WEATHER_OBSERVED.name: observed,
        WEATHER_ISSUED.name: issued,
        **_named(folder, OPEN_WORK, incoming.open_work),
        **_named(folder, SCHOOL_TERMS, incoming.school_terms),
        **_replaced(folder, AREAS, incoming.areas),
        **_replaced(folder, CALENDAR, incoming.calendar),
        **_replaced(folder, QUARANTINE, incoming.quarantine),
        **_replaced(folder, CORRECTIONS, corrections),
    }
    meta = _meta(plan, incoming, before, reading, weather_reading)
    return _point(folder, Listing(schema_version=SCHEMA_VERSION, city=plan.city.city, meta=meta, tables=tables))


def _demand(
    folder: CityFolder, plan: CityPlan, incoming: Incoming, before: Snapshot | None, now: datetime
) -> dict[str, tuple[TableFile, ...]]:
    """The files of `requests` and `counts`, one of them empty."""
    rows, counts, zone = incoming.rows, incoming.counts, plan.city.zone
    if (rows is None) == (counts is None):
        raise ValueError("a load holds rows or counts, one of the two")
    table = REQUESTS if counts is None else COUNTS
    known = before.entries(table) if before else ()
    parts: Iterable[versions.Part]
    if rows is not None:
        parts = versions.later_requests(folder, known, rows, now) if known else versions.first_requests(rows)
    elif counts is not None:
        parts = (
            versions.later_counts(folder, known, counts, zone, now) if known else versions.first_counts(counts, zone)
        )
    order = versions.REQUEST_ORDER if counts is None else versions.COUNT_ORDER
    new = [write_file(folder, table, found, part, role) for part, role, found in parts if found.num_rows]
    files = append(folder, table, known, new, order)
    if not files:
        raise SourceUnreadableError(
            f"{plan.city.city}: no usable row in {', '.join(sorted(incoming.files)) or 'the source'}",
            remedy="look at the quarantine reasons and at the column mapping in the city's YAML",
            rows_read=incoming.rows_read,
        )
    return {REQUESTS.name: (), COUNTS.name: (), table.name: files}


def _weather(
    folder: CityFolder, plan: CityPlan, incoming: Incoming, before: Snapshot | None, now: datetime
) -> tuple[tuple[TableFile, ...], tuple[TableFile, ...], pd.DataFrame]:
    """Files of observed and issued weather, and the correction that says which issued rows were refused."""
    observed = before.entries(WEATHER_OBSERVED) if before else ()
    issued = before.entries(WEATHER_ISSUED) if before else ()
    kept = pd.DataFrame()
    if incoming.weather_observed is not None:
        archived = before.frame(WEATHER_OBSERVED) if before else WEATHER_OBSERVED.empty()
        new = archive.new_observed(archived, incoming.weather_observed, now)
        observed = _append_years(folder, WEATHER_OBSERVED, observed, new, "date")
    if incoming.weather_issued is not None:
        archived = before.frame(WEATHER_ISSUED) if before else WEATHER_ISSUED.empty()
        new, refused = archive.new_issued(archived, incoming.weather_issued)
        issued = _append_years(folder, WEATHER_ISSUED, issued, new, "origin")
        if len(refused):
            kept = archive.kept_correction(plan.city.city, refused, len(incoming.weather_issued))
    return observed, issued, kept


def _carried(
    folder: CityFolder, there: Snapshot, incoming: pd.DataFrame | None, issued: tuple[TableFile, ...]
) -> tuple[TableFile, ...]:
    """Issued forecasts archived under another mapping, of issues that this load lacks: nobody else has them."""
    if incoming is None:
        return there.entries(WEATHER_ISSUED)
    archived = there.frame(WEATHER_ISSUED)
    lacking = archived[~archived["origin"].isin(incoming["origin"])]
    return _append_years(folder, WEATHER_ISSUED, issued, lacking, "origin") if len(lacking) else issued


def _append_years(
    folder: CityFolder, table: Table, known: tuple[TableFile, ...], new: pd.DataFrame, by: str
) -> tuple[TableFile, ...]:
    parts = by_part(to_arrow(new, table), by, "Y")
    return append(
        folder, table, known, [write_file(folder, table, rows, year, "first") for year, rows in parts], table.key
    )


def _named(folder: CityFolder, table: Table, frame: pd.DataFrame | None) -> dict[str, tuple[TableFile, ...]]:
    """What only some cities name, not listed where it is not; kept where it is empty too: no open work is another thing
    than none known."""
    if frame is None:
        return {}
    rows = to_arrow(table.validate(frame), table).sort_by([(c, "ascending") for c in table.key])
    return {table.name: (write_file(folder, table, rows, "all"),)}


def _replaced(folder: CityFolder, table: Table, frame: pd.DataFrame | None) -> dict[str, tuple[TableFile, ...]]:
    """A table that holds the latest load only."""
    if frame is None or frame.empty:
        return {table.name: ()}
    rows = to_arrow(table.validate(frame), table).sort_by([(c, "ascending") for c in table.key])
    return {table.name: (write_file(folder, table, rows, "all"),)}


def _meta(plan: CityPlan, incoming: Incoming, before: Snapshot | None, reading: str, weather_reading: str) -> Meta:
    first, last, used = _span(plan, incoming)
    known = (before.meta.first_day, before.meta.last_day) if before else (None, None)
    return Meta(
        is_counts=incoming.counts is not None,
        has_hours=incoming.has_hours and incoming.rows is not None,
        has_backlog=incoming.has_backlog and incoming.rows is not None,
        rows_read=incoming.rows_read,
        rows_used=used,
        files=dict(sorted(incoming.files.items())),
        notes=incoming.notes,
        modes=incoming.modes,
        health=incoming.health,
        first_day=min(d for d in (first, known[0]) if d is not None),
        last_day=max(d for d in (last, known[1]) if d is not None),
        reading=reading,
        weather_reading=weather_reading,
    )


def _span(plan: CityPlan, incoming: Incoming) -> tuple[date | None, date | None, int]:
    """First and last local day of a load, and its usable rows."""
    if incoming.rows is not None:
        times = incoming.rows["created_at"].agg(["min", "max"]).dt.tz_convert(plan.city.timezone)
        used = len(incoming.rows)
    else:
        assert incoming.counts is not None
        times, used = incoming.counts["date"].agg(["min", "max"]), len(incoming.counts)
    return (times["min"].date(), times["max"].date(), used) if used else (None, None, 0)


def _point(folder: CityFolder, listing: Listing) -> Snapshot:
    """Write the manifest under its id, then replace the pointer: the commit."""
    snapshot_id = listing.identity()
    path = folder.snapshots / f"{snapshot_id}.json"
    if not path.exists():
        write_atomically(path, listing.model_dump_json(indent=1).encode())
    if current_id(folder) != snapshot_id:
        write_atomically(folder.snapshots / CURRENT, json.dumps({"snapshot": snapshot_id}).encode())
    return Snapshot(snapshot_id, folder, listing.meta, listing)


def _sweep(folder: CityFolder) -> None:
    for place in (folder.snapshots, *(p for p in sorted(folder.tables.glob("*/*")) if p.is_dir())):
        sweep(place)
    for spill in sorted(folder.work.glob(f"{SPILL}*")):
        if not psutil.pid_exists(int(spill.name.removeprefix(SPILL))):
            shutil.rmtree(spill)
