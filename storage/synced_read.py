"""Synced rows as readers want them: the newest version of each request, and the ids known in a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from storage.home import CityFolder
from storage.query import connect, fetch, parquet, text
from storage.synced import PLACE, State, SyncStore, read_state

NOT_READ = ("key_hash", "content_hash", "seq", "known_at_basis", "is_deleted")


@dataclass(frozen=True)
class SyncedRows:
    """frame: the newest version of each request, as text, with `source` and `seen_at`; later ones further down."""

    frame: pd.DataFrame
    files: dict[str, str]
    synced_at: datetime
    problem: str
    deleted: int
    tried_at: datetime
    retried: dict[str, int]
    side_problem: str


def newest_rows(folder: CityFolder, reading: str) -> SyncedRows | None:
    """What a run may use; None where no first pull has ended.

    Of a request that lies in several data sets, the row with the latest portal clock comes last, then the one learned
    last. A row that has vanished from the portal is closed at the moment that was seen.
    """
    found = _usable(folder, reading)
    if found is None:
        return None
    place, state = found
    if not state.files or state.synced_at is None:
        return None
    sql = f"""
        WITH newest AS (
            SELECT * FROM {parquet([place / f.name for f in state.files])}
            QUALIFY row_number() OVER (PARTITION BY key_hash ORDER BY seq DESC) = 1
        ), alive AS (SELECT DISTINCT request_id FROM newest WHERE NOT is_deleted)
        SELECT * REPLACE (
            CASE WHEN is_deleted THEN 'closed' ELSE status END AS status,
            CASE WHEN is_deleted THEN strftime(known_at, '%Y-%m-%dT%H:%M:%S+00:00') ELSE closed END AS closed
        )
        FROM newest WHERE NOT is_deleted OR request_id NOT IN (SELECT request_id FROM alive WHERE request_id NOT NULL)
        ORDER BY row_clock NULLS FIRST, seq
    """
    with connect(folder.work) as connection:
        arrow = fetch(connection, sql)
    deleted = int(arrow["is_deleted"].cast(pa.int64()).to_numpy().sum())
    frame = arrow.drop_columns([c for c in NOT_READ if c in arrow.schema.names]).to_pandas()
    frame = frame.rename(columns={"known_at": "seen_at"}).drop(columns="row_clock")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    files = {f.name: f.sha256 for f in state.files}
    tried_at = state.tried_at or state.synced_at
    return SyncedRows(
        frame, files, state.synced_at, state.problem, deleted, tried_at, state.retried, state.side_problem
    )


def stand(folder: CityFolder, reading: str) -> State | None:
    """How the last sync ended whose rows a run would use, or that of a first pull which has not ended; None before any
    sync."""
    found = _usable(folder, reading)
    return found[1] if found is not None else read_state(folder.root / PLACE / reading)


def first_and_last(folder: CityFolder, reading: str, earliest: date) -> tuple[date, date] | None:
    """Days of creation, as the portal writes them, of what a run may use; None before the first sync has ended, and
    while a sync moves files.

    Days before `earliest`, after the last sync, and such as are not ISO 8601 are left out.
    """
    found = _usable(folder, reading)
    if found is None or not found[1].files:
        return None
    place, state = found
    latest = (state.synced_at or datetime.max).date() + timedelta(days=1)
    between = f"{text(earliest.isoformat())} AND {text(latest.isoformat())}"
    sql = f"""
        SELECT min(created[:10]) AS first, max(created[:10]) AS last
        FROM {parquet([place / f.name for f in state.files])}
        WHERE created LIKE '____-__-__%' AND created BETWEEN {between}
    """
    try:
        with connect(folder.work) as connection:
            row = fetch(connection, sql).to_pylist()[0]
    except duckdb.IOException:  # a sync under way has merged these files since the manifest was read
        return None
    return (date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) if row["first"] else None


def known_since(store: SyncStore, work: Path, dataset: str, since: date | None) -> pa.Table:
    """The newest versions, not deleted, of a data set's rows created since a day (ISO dates only; None: all)."""
    files = [store.folder / f.name for f in store.state.files]
    recent = f"AND created LIKE '____-__-__%' AND created >= {text(since.isoformat())}" if since else ""
    sql = f"""
        SELECT * FROM {parquet(files)} WHERE source = {text(dataset)}
        QUALIFY row_number() OVER (PARTITION BY key_hash ORDER BY seq DESC) = 1 AND NOT is_deleted {recent}
        ORDER BY seq
    """
    with connect(work) as connection:
        return fetch(connection, sql)


def _usable(folder: CityFolder, reading: str) -> tuple[Path, State] | None:
    """The rows pulled under these settings, else the newest pulled under others; only whole pulls."""
    root = folder.root / PLACE
    places = sorted(p for p in root.iterdir() if p.is_dir()) if root.exists() else []
    states = [(p, s) for p in places if (s := read_state(p)) is not None]
    whole = [(p, s) for p, s in states if s.synced_at is not None]
    chosen = [(p, s) for p, s in whole if p.name == reading] or sorted(whole, key=lambda e: str(e[1].synced_at))
    return chosen[-1] if chosen else None
