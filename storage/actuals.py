"""What was really done, kept as append-only versions beside the snapshots; one small file replaced is the commit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import ValidationError

from domain.category import Strict
from domain.errors import SnapshotBrokenError
from domain.tables import ACTUAL_JOBS, ACTUALS, ACTUALS_QUARANTINE, Table
from storage.atomic import write_atomically
from storage.clock import end_of_day
from storage.files import TableFile, append, by_part, path_of, read_files, write_file
from storage.home import CityFolder
from storage.parquet import to_arrow

LISTING = "actuals.json"
SCHEMA_VERSION = 2
READABLE = (1, SCHEMA_VERSION)
"""Version 1 kept no rows that were set aside."""
SHIFT_KEY = ["date", "shift", "yard", "crew_type"]
_FILED = ["crews", "hours", "left_plan"]
"""What a sheet says of a shift, beside its jobs: the rest of a row is what the plan had said."""


@dataclass(frozen=True)
class Filed:
    """Shifts of one sheet: not known before, known otherwise before, and known as they are."""

    new: int
    corrected: int
    unchanged: int


class _Listing(Strict):
    schema_version: int
    actuals: tuple[TableFile, ...] = ()
    actual_jobs: tuple[TableFile, ...] = ()
    actuals_quarantine: tuple[TableFile, ...] = ()


def keep(folder: CityFolder, shifts: pd.DataFrame, jobs: pd.DataFrame, aside: pd.DataFrame | None = None) -> Filed:
    """Add what a sheet brought; what is known already is not added again. The caller holds the city's lock.

    shifts, jobs: `domain.tables.ACTUALS` and `ACTUAL_JOBS`, one version each, all with one known_at. A corrected
    shift becomes known then, or just after the version it follows. aside: `ACTUALS_QUARANTINE`, rows that were not
    kept; the same file's are kept once. Nothing changes unless all is written.
    """
    listing = _read(folder)
    known, known_jobs = _frames(folder, listing)
    fresh, fresh_jobs, filed = _news(_latest(known), known_jobs, shifts, jobs)
    bad = _not_seen(_aside(folder, listing), aside)
    if fresh.empty and bad.empty:
        return filed
    whole = _Listing(
        schema_version=SCHEMA_VERSION,
        actuals=_added(folder, ACTUALS, listing.actuals, fresh),
        actual_jobs=_added(folder, ACTUAL_JOBS, listing.actual_jobs, fresh_jobs),
        actuals_quarantine=_added(folder, ACTUALS_QUARANTINE, listing.actuals_quarantine, bad, by="known_at"),
    )
    write_atomically(folder.root / LISTING, whole.model_dump_json(indent=1).encode())
    return filed


def read_actuals(folder: CityFolder, zone: ZoneInfo, as_of: date | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each shift's latest version known by the end of local day `as_of` (None: by now), and the jobs of that version.

    Columns of `domain.tables.ACTUALS` and `ACTUAL_JOBS`, sorted by key; both empty where nothing was filed.
    Raises SnapshotBrokenError where files are missing or a newer release wrote them.
    """
    shifts, jobs = _frames(folder, _read(folder))
    if as_of is not None:
        shifts = shifts[shifts["known_at"] <= pd.Timestamp(end_of_day(zone, as_of))]
    latest = _latest(shifts)
    return latest, _jobs_of(latest, jobs)


def read_quarantine(folder: CityFolder) -> pd.DataFrame:
    """Rows of sheets that were set aside, as `domain.tables.ACTUALS_QUARANTINE`, sorted by key."""
    return _aside(folder, _read(folder))


def _aside(folder: CityFolder, listing: _Listing) -> pd.DataFrame:
    rows = read_files(folder, listing.actuals_quarantine, ACTUALS_QUARANTINE)
    return ACTUALS_QUARANTINE.validate(rows.to_pandas().sort_values(list(ACTUALS_QUARANTINE.key), ignore_index=True))


def _not_seen(known: pd.DataFrame, aside: pd.DataFrame | None) -> pd.DataFrame:
    """Rows set aside of files that were not filed before."""
    if aside is None:
        return ACTUALS_QUARANTINE.empty()
    return aside[~aside["source"].isin(known["source"])]


def _read(folder: CityFolder) -> _Listing:
    path = folder.root / LISTING
    if not path.exists():
        return _Listing(schema_version=SCHEMA_VERSION)
    raw = json.loads(path.read_bytes())
    if raw.get("schema_version") not in READABLE:
        raise _broken(path, f"schema {raw.get('schema_version')}; this release reads schemas 1 to {SCHEMA_VERSION}")
    try:
        listing = _Listing.model_validate(raw)
    except ValidationError as error:
        raise _broken(path, f"{error.error_count()} wrong entries") from error
    for file in (*listing.actuals, *listing.actual_jobs, *listing.actuals_quarantine):
        there = path_of(folder, file)
        if not there.exists() or there.stat().st_size != file.bytes:
            raise _broken(path, f"file {file.path} is missing or cut short")
    return listing


def _frames(folder: CityFolder, listing: _Listing) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = []
    for table, files in ((ACTUALS, listing.actuals), (ACTUAL_JOBS, listing.actual_jobs)):
        rows = read_files(folder, files, table).sort_by([(c, "ascending") for c in table.key])
        found.append(table.validate(rows.to_pandas()))
    return found[0], found[1]


def _latest(shifts: pd.DataFrame) -> pd.DataFrame:
    ordered = shifts.sort_values([*SHIFT_KEY, "known_at"], kind="stable")
    return ordered.drop_duplicates(SHIFT_KEY, keep="last").reset_index(drop=True)


def _jobs_of(shifts: pd.DataFrame, jobs: pd.DataFrame) -> pd.DataFrame:
    """The jobs that these versions carry."""
    found = jobs.merge(shifts[[*SHIFT_KEY, "known_at"]], on=[*SHIFT_KEY, "known_at"], how="inner")
    return found.sort_values(list(ACTUAL_JOBS.key), kind="stable", ignore_index=True)


def _news(
    known: pd.DataFrame, known_jobs: pd.DataFrame, shifts: pd.DataFrame, jobs: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, Filed]:
    """Shifts that are new or said otherwise, dated after what they follow, with their jobs; and the counts."""
    before = _said(known, _jobs_of(known, known_jobs))
    now = _said(shifts, jobs)
    is_known = pd.Series([key in before for key in now], dtype=bool)
    is_same = pd.Series([before.get(key) == said for key, said in now.items()], dtype=bool)
    fresh = shifts.reset_index(drop=True)[~is_same]
    followed = known.set_index(SHIFT_KEY)["known_at"].reindex(pd.MultiIndex.from_frame(fresh[SHIFT_KEY]))
    after = followed.set_axis(fresh.index) + timedelta(microseconds=1)
    dated = fresh.assign(known_at=fresh["known_at"].where(~(after > fresh["known_at"]), after))
    moved = jobs.drop(columns="known_at").merge(dated[[*SHIFT_KEY, "known_at"]], on=SHIFT_KEY, how="inner")
    filed = Filed(int((~is_known).sum()), int((is_known & ~is_same).sum()), int(is_same.sum()))
    return ACTUALS.validate(dated), ACTUAL_JOBS.validate(moved), filed


def _said(shifts: pd.DataFrame, jobs: pd.DataFrame) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What was filed of each shift, by key, in the order of the shifts."""
    done: dict[tuple[object, ...], list[tuple[object, object]]] = {}
    for *key, category, number in jobs[[*SHIFT_KEY, "category", "jobs"]].itertuples(index=False):
        done.setdefault(tuple(key), []).append((category, number))
    return {
        tuple(key): (crews, hours, reason, tuple(sorted(done.get(tuple(key), []), key=str)))
        for *key, crews, hours, reason in shifts[[*SHIFT_KEY, *_FILED]].itertuples(index=False)
    }


def _added(
    folder: CityFolder, table: Table, known: tuple[TableFile, ...], new: pd.DataFrame, by: str = "date"
) -> tuple[TableFile, ...]:
    parts = by_part(to_arrow(new.sort_values(list(table.key)), table), by, "M")
    return append(folder, table, known, [write_file(folder, table, rows, month) for month, rows in parts], table.key)


def _broken(path: Path, what: str) -> SnapshotBrokenError:
    return SnapshotBrokenError(
        f"{path}: {what}", remedy="restore the city's folder from a backup, or file the sheets again", file=str(path)
    )
