"""Append-only versions of requests and counts: what each load adds to what is known, and since when.

A load that is the first to reach a stretch of time (the first load of all, the days since the last one, an older
export) dates it by the rows' own clock: a request existed from created_at, was closed from closed_at, and its other
fields were always what they are now; a day's count was known when the day ended. What an earlier load could have
seen and did not, late arrivals and edits, became known when the load that brought it ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.tables import COUNTS, REQUESTS, Table
from storage.clock import end_of_day, microseconds
from storage.files import Role, TableFile, by_part, path_of
from storage.home import CityFolder
from storage.parquet import to_arrow
from storage.query import connect, fetch, parquet, text

Part = tuple[str, Role, pa.Table]

REQUEST_ORDER = ("created_at", "request_id", "known_at")
COUNT_ORDER = ("date", "area", "category", "known_at")
SYNC_WITHIN = timedelta(days=2)
"""News no older than this when a load ran count as seen by a running sync."""
_PLACED = ("category", "area", "created_at", "lat", "lon", "duplicate_of")
"""The columns that decide where and when a request counts."""
_PROVENANCE = ("known_at", "known_at_basis", "source")
"""Columns in which versions may differ without being new: a renamed file is no news."""


def first_requests(rows: pd.DataFrame) -> Iterator[Part]:
    """The versions of a first load, month by month: each request as filed, and where it was closed, as closed."""
    arrow = to_arrow(rows.assign(known_at=rows["created_at"], known_at_basis="assumed"), REQUESTS)
    _refuse_repeats(arrow, "request_id")
    for month, chunk in by_part(arrow, "created_at", "M"):
        ordered = _sorted(chunk, REQUEST_ORDER)
        closed = _closed_later(ordered)
        yield month, "first", _as_filed(ordered, closed)
        closings = ordered.filter(closed)
        yield month, "status", _with(closings, "known_at", closings["closed_at"])


def first_counts(counts: pd.DataFrame, zone: ZoneInfo) -> Iterator[Part]:
    """The versions of a first load of daily counts, month by month."""
    ends = _ends_of_days(counts["date"], zone).to_pandas()
    arrow = to_arrow(counts.assign(known_at=ends.to_numpy()), COUNTS)
    for month, chunk in by_part(arrow, "date", "M"):
        yield month, "first", _sorted(chunk, COUNT_ORDER)


def later_requests(folder: CityFolder, known: Sequence[TableFile], rows: pd.DataFrame, now: datetime) -> Iterator[Part]:
    """What a later load adds to the known versions. A version stays in the month its request was first filed in.

    rows may carry seen_at: when a sync before this load learned what the row says; else that is `now`.
    """
    known_at = _seen_by(rows, now)
    incoming = to_arrow(rows.assign(known_at=known_at, known_at_basis="observed"), REQUESTS)
    _refuse_repeats(incoming, "request_id")
    news = _news(folder, known, incoming, REQUESTS, ("request_id",), "created_at", _PLACED)
    for part, role, found in _by_role(news):
        if role != "first":
            yield part, role, _closings_dated(found, now).select(_names(REQUESTS))
            continue
        on_time = pc.fill_null(
            pc.or_(_after(found, "created_at"), pc.less(found["created_at"], found["seen_first"])), True
        )
        yield part, "first", found.filter(pc.invert(on_time)).select(_names(REQUESTS))
        fresh = _with(found.filter(on_time), "known_at", found.filter(on_time)["created_at"])
        closed = _closed_later(fresh)
        yield part, "first", _with_basis(_as_filed(fresh, closed), now).select(_names(REQUESTS))
        closings = _with(fresh.filter(closed), "known_at", fresh.filter(closed)["closed_at"])
        yield part, "status", _with_basis(closings, now).select(_names(REQUESTS))


def _seen_by(rows: pd.DataFrame, now: datetime) -> pd.Series:
    """When each row's news became known: at its sync, at the latest when the load ran."""
    ran = pd.Series(pd.Timestamp(now), index=rows.index, dtype="datetime64[us, UTC]")
    if "seen_at" not in rows:
        return ran
    seen = pd.to_datetime(rows["seen_at"], utc=True).astype("datetime64[us, UTC]")
    return seen.where(seen.notna() & (seen <= ran), ran)


def later_counts(
    folder: CityFolder, known: Sequence[TableFile], counts: pd.DataFrame, zone: ZoneInfo, now: datetime
) -> Iterator[Part]:
    """What a later load of daily counts adds to the known versions."""
    incoming = to_arrow(counts.assign(known_at=pd.Timestamp(now)), COUNTS)
    news = _news(folder, known, incoming, COUNTS, ("date", "area", "category"), "date", ("count",))
    for part, role, found in _by_role(news):
        on_time = pc.or_(_after(found, "date"), pc.less(found["date"], found["seen_first"]))
        ends = _ends_of_days(found["date"].to_pandas(), zone)
        dated = found if role != "first" else _with(found, "known_at", pc.if_else(on_time, ends, found["known_at"]))
        yield part, role, dated.select(_names(COUNTS))


def _news(
    folder: CityFolder,
    known: Sequence[TableFile],
    incoming: pa.Table,
    table: Table,
    key: tuple[str, ...],
    time: str,
    counted: tuple[str, ...],
) -> pa.Table:
    """Incoming rows that are new or differ from the latest known version, with part, role and what was seen before.

    Their known_at is `now`, or just after the version they follow. seen_first, seen_last: the span of times that
    earlier loads reached. was_open: the version before was open.
    """
    columns = _names(table)
    content = [c for c in columns if c not in _PROVENANCE and c not in key]
    on = ", ".join(key)
    months = f"regexp_extract(filename, {text(f'{table.name}/([^/]+)/[^/]+$')}, 1)"
    moved = " OR ".join(f"i.{c} IS DISTINCT FROM p.{c}" for c in counted)
    differs = " OR ".join(f"i.{c} IS DISTINCT FROM p.{c}" for c in content)
    known_at = "greatest(i.known_at, p.known_at + INTERVAL 1 MICROSECOND)"
    values = ", ".join(f"{known_at} AS known_at" if c == "known_at" else f"i.{c}" for c in columns)
    was_open = "p.closed_at IS NULL" if "closed_at" in columns else "false"
    sql = f"""
        WITH latest AS (
            SELECT *, {months} AS part
            FROM {parquet([path_of(folder, f) for f in known], filename=True)}
            QUALIFY row_number() OVER (PARTITION BY {on} ORDER BY known_at DESC) = 1
        ), seen AS (SELECT min({time}) AS seen_first, max({time}) AS seen_last FROM latest)
        SELECT {values}, seen_first, seen_last, p.known_at AS after, {was_open} AS was_open,
            coalesce(p.part, strftime(i.{time}, '%Y-%m')) AS part,
            CASE WHEN p.part IS NULL THEN 'first' WHEN {moved} THEN 'change' ELSE 'status' END AS role
        FROM incoming i LEFT JOIN latest p USING ({on}) CROSS JOIN seen
        WHERE p.part IS NULL OR {differs}
        ORDER BY part, role, i.{time}, {", ".join(f"i.{c}" for c in key)}
    """
    with connect(folder.work) as connection:
        connection.register("incoming", incoming)
        return fetch(connection, sql)


def _by_role(news: pa.Table) -> Iterator[Part]:
    for part in pc.unique(news["part"]).to_pylist():
        of_part = news.filter(pc.equal(news["part"], part))
        roles: tuple[Role, ...] = ("first", "status", "change")
        for role in roles:
            yield part, role, of_part.filter(pc.equal(of_part["role"], role))


def _closings_dated(rows: pa.Table, now: datetime) -> pa.Table:
    """Versions of known requests: a closure after all that was seen before is dated by closed_at, the rest by now."""
    timely = pc.and_(pc.and_(rows["was_open"], _after(rows, "closed_at")), pc.greater(rows["closed_at"], rows["after"]))
    timely = pc.and_(pc.fill_null(timely, False), pc.equal(rows["role"], "status"))
    dated = _with(rows, "known_at", pc.if_else(timely, rows["closed_at"], rows["known_at"]))
    return _with_basis(dated, now)


def _after(rows: pa.Table, column: str) -> pa.ChunkedArray:
    return pc.greater(rows[column], rows["seen_last"])


def _with_basis(rows: pa.Table, now: datetime) -> pa.Table:
    """observed where a load ran soon after, so that its absence of delay was seen too; else assumed."""
    soon = pa.scalar(now - SYNC_WITHIN, pa.timestamp("us", "UTC"))
    return _with(rows, "known_at_basis", pc.if_else(pc.greater_equal(rows["known_at"], soon), "observed", "assumed"))


def _closed_later(rows: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.greater(rows["closed_at"], rows["created_at"]), False)


def _as_filed(rows: pa.Table, closed: pa.ChunkedArray) -> pa.Table:
    """Requests as they stood when filed: open, unless closed in the same moment or at a moment nobody recorded."""
    never = pa.scalar(None, rows.schema.field("closed_at").type)
    opened = _with(rows, "closed_at", pc.if_else(closed, never, rows["closed_at"]))
    return _with(opened, "status", pc.if_else(closed, "open", opened["status"]))


def _with(rows: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    at = rows.schema.get_field_index(column)
    return rows.set_column(at, rows.schema.field(column), values)


def _sorted(rows: pa.Table, order: tuple[str, ...]) -> pa.Table:
    return rows.sort_by([(c, "ascending") for c in order])


def _refuse_repeats(rows: pa.Table, column: str) -> None:
    """Validation settles repeated ids; here they would be versions that contradict each other."""
    distinct = pc.count_distinct(rows[column]).as_py()
    if distinct != rows.num_rows:
        raise ValueError(f"{rows.num_rows - distinct} repeated values of {column} in one load")


def _ends_of_days(days: pd.Series, zone: ZoneInfo) -> pa.Array:
    codes, distinct = pd.factorize(days)
    ends = np.array([microseconds(end_of_day(zone, pd.Timestamp(d).date())) for d in distinct], dtype=np.int64)
    return pa.array(ends[codes]).cast(pa.timestamp("us", "UTC"))


def _names(table: Table) -> list[str]:
    return list(table.schema.columns)
