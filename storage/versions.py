"""Append-only versions of requests and counts: what each load adds to what is known.

The first load of a history is dated by assumption: a request existed from created_at, was closed from closed_at, and
its other fields were always what they are now; a day's count was known when the day ended. Whatever a later load
finds new or changed became known when that load ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.tables import COUNTS, REQUESTS, Table
from storage.clock import end_of_day
from storage.files import Role, TableFile, by_part, path_of
from storage.home import CityFolder
from storage.parquet import arrow_schema, to_arrow
from storage.query import connect, fetch, parquet, text

Part = tuple[str, Role, pa.Table]

REQUEST_ORDER = ("created_at", "request_id", "known_at")
COUNT_ORDER = ("date", "area", "category", "known_at")
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
        closed = pc.fill_null(pc.greater(ordered["closed_at"], ordered["created_at"]), False)
        yield month, "first", _as_filed(ordered, closed)
        closings = ordered.filter(closed)
        if closings.num_rows:
            yield month, "status", _with(closings, "known_at", closings["closed_at"])


def first_counts(counts: pd.DataFrame, zone: ZoneInfo) -> Iterator[Part]:
    """The versions of a first load of daily counts, month by month."""
    days = pd.Series(counts["date"].unique())
    ends = pd.Series([end_of_day(zone, d.date()) for d in days], index=days, dtype="datetime64[us, UTC]")
    arrow = to_arrow(counts.assign(known_at=counts["date"].map(ends)), COUNTS)
    for month, chunk in by_part(arrow, "date", "M"):
        yield month, "first", _sorted(chunk, COUNT_ORDER)


def later_requests(folder: CityFolder, known: Sequence[TableFile], rows: pd.DataFrame, now: datetime) -> Iterator[Part]:
    """What a later load adds to the known versions. A version stays in the month its request was first filed in."""
    arrow = to_arrow(rows.assign(known_at=pd.Timestamp(now), known_at_basis="observed"), REQUESTS)
    _refuse_repeats(arrow, "request_id")
    return _later(folder, known, arrow, REQUESTS, ("request_id",), "created_at", _PLACED)


def later_counts(folder: CityFolder, known: Sequence[TableFile], counts: pd.DataFrame, now: datetime) -> Iterator[Part]:
    """What a later load of daily counts adds to the known versions."""
    arrow = to_arrow(counts.assign(known_at=pd.Timestamp(now)), COUNTS)
    return _later(folder, known, arrow, COUNTS, ("date", "area", "category"), "date", ("count",))


def _later(
    folder: CityFolder,
    known: Sequence[TableFile],
    incoming: pa.Table,
    table: Table,
    key: tuple[str, ...],
    time: str,
    counted: tuple[str, ...],
) -> Iterator[Part]:
    sql = _news_sql(folder, known, table, key, time, counted)
    with connect(folder.work) as connection:
        connection.register("incoming", incoming)
        news = fetch(connection, sql)
    schema = arrow_schema(table)
    for part in pc.unique(news["part"]).to_pylist():
        of_part = news.filter(pc.equal(news["part"], part))
        for role in ("first", "status", "change"):
            rows = of_part.filter(pc.equal(of_part["role"], role))
            if rows.num_rows:
                yield part, role, rows.select(schema.names).cast(schema)


def _news_sql(
    folder: CityFolder,
    known: Sequence[TableFile],
    table: Table,
    key: tuple[str, ...],
    time: str,
    counted: tuple[str, ...],
) -> str:
    """Incoming rows that are new or differ from the latest known version; a version is always later than the last."""
    columns = list(table.schema.columns)
    content = [c for c in columns if c not in _PROVENANCE and c not in key]
    on = ", ".join(key)
    months = f"regexp_extract(filename, {text(f'{table.name}/([^/]+)/[^/]+$')}, 1)"
    moved = " OR ".join(f"i.{c} IS DISTINCT FROM p.{c}" for c in counted)
    differs = " OR ".join(f"i.{c} IS DISTINCT FROM p.{c}" for c in content)
    known_at = "greatest(i.known_at, p.known_at + INTERVAL 1 MICROSECOND)"
    values = ", ".join(f"{known_at} AS known_at" if c == "known_at" else f"i.{c}" for c in columns)
    return f"""
        WITH latest AS (
            SELECT *, {months} AS part
            FROM {parquet([path_of(folder, f) for f in known], filename=True)}
            QUALIFY row_number() OVER (PARTITION BY {on} ORDER BY known_at DESC) = 1
        )
        SELECT {values},
            coalesce(p.part, strftime(i.{time}, '%Y-%m')) AS part,
            CASE WHEN p.part IS NULL THEN 'first' WHEN {moved} THEN 'change' ELSE 'status' END AS role
        FROM incoming i LEFT JOIN latest p USING ({on})
        WHERE p.part IS NULL OR {differs}
        ORDER BY part, role, i.{time}, {", ".join(f"i.{c}" for c in key)}
    """


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


def last_local_day(moments: pd.Series, zone: ZoneInfo) -> np.datetime64:
    """The local day of the latest moment."""
    return np.datetime64(moments.max().astimezone(zone).date(), "D")
