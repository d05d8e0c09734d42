"""Open requests as known at a moment: what waits for a crew before anything new comes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.category import Category
from domain.city import CityPlan
from domain.due_times import due_hours_by_row
from domain.tables import BACKLOG, OPEN_WORK
from storage.asof import is_current, latest, parts_until
from storage.clock import end_of_day
from storage.files import TableFile, read_files
from storage.query import connect, fetch
from storage.snapshot import Snapshot

_READ = ("request_id", "category", "area", "created_at", "due_at", "lat", "lon")
_ROWS_AT_ONCE = 1_000_000
_COLUMNS = [c for c in BACKLOG.schema.columns if c != "vintage_id"]


def open_requests(snapshot: Snapshot, plan: CityPlan, as_of: date) -> pd.DataFrame:
    """Requests open at the end of local day `as_of`, as known then: the columns of `backlog` without vintage_id. On the
    newest data an export of open work orders, where the city has one, takes their place.

    What was closed later was open then. Perishable work lapses and is never backlog. due_at is the source's, else
    filed + the category's hours in force that day. Sorted by created_at, request_id. Empty for sources of counts.
    """
    waiting = [c for c in plan.categories if c.kind != "perishable"]
    moment = end_of_day(plan.city.zone, as_of)
    names = [c.category for c in waiting]
    found = _ordered(snapshot, names) if is_exported(snapshot, as_of) else _open(snapshot, plan, as_of, names)
    rows: pd.DataFrame = found.sort_by([("created_at", "ascending"), ("request_id", "ascending")]).to_pandas()
    return _judged(rows, waiting, pd.Timestamp(moment), plan.city.timezone)[_COLUMNS]


def _judged(rows: pd.DataFrame, waiting: list[Category], moment: pd.Timestamp, timezone: str) -> pd.DataFrame:
    """Rows with due time, age, lateness and staleness at `moment`."""
    hours = pd.Series(np.nan, index=rows.index)
    for category in waiting:
        of = rows["category"] == category.category
        hours[of] = due_hours_by_row(category.queue or category.event, rows.loc[of, "created_at"], timezone)
    by_category = (rows["created_at"] + pd.to_timedelta(hours, unit="h")).astype("datetime64[us, UTC]")
    basis = pd.Series("source", index=rows.index, dtype="str").where(rows["due_at"].notna(), "category")
    due = rows["due_at"].fillna(by_category)
    age = (moment - rows["created_at"]).dt.total_seconds() / 86_400
    limit = rows["category"].map({c.category: _stale_after(c) for c in waiting}).astype(float)
    withheld = rows["category"].isin([c.category for c in waiting if not c.keep_coordinates])
    return rows.assign(
        due_at=due,
        due_basis=basis.where(due.notna(), "none"),
        age_days=age.clip(lower=0),
        is_late=due < moment,
        is_stale=age > limit,
        lat=rows["lat"].mask(withheld),
        lon=rows["lon"].mask(withheld),
    )


def _stale_after(category: Category) -> float:
    rule = category.queue or category.event
    return float(rule.stale_after_days) if rule else float("inf")


def is_exported(snapshot: Snapshot, as_of: date) -> bool:
    """An export is the state of today: what was open on an earlier day only the requests can tell."""
    return bool(snapshot.entries(OPEN_WORK)) and is_current(snapshot, as_of)


def _ordered(snapshot: Snapshot, categories: list[str]) -> pa.Table:
    rows = read_files(snapshot.folder, snapshot.entries(OPEN_WORK), OPEN_WORK)
    wanted = pc.is_in(rows["category"], value_set=pa.array(categories, pa.string()))
    return rows.filter(wanted).select(list(_READ)).cast(_schema())


def _open(snapshot: Snapshot, plan: CityPlan, as_of: date, categories: list[str]) -> pa.Table:
    names = ", ".join(f"'{c}'" for c in categories) or "''"
    tables = []
    with connect(snapshot.folder.work) as connection:
        for files in _batches(parts_until(snapshot, plan, as_of)):
            newest = latest(snapshot, plan, as_of, files, (*_READ, "status"))
            sql = f"SELECT {', '.join(_READ)} FROM ({newest}) WHERE status = 'open' AND category IN ({names})"
            tables.append(fetch(connection, sql))
    schema = _schema()
    return pa.concat_tables([schema.empty_table(), *(t.cast(schema) for t in tables)])


def _schema() -> pa.Schema:
    types = {"created_at": pa.timestamp("us", "UTC"), "due_at": pa.timestamp("us", "UTC")}
    places = {"lat": pa.float64(), "lon": pa.float64()}
    return pa.schema([(c, {**types, **places}.get(c, pa.string())) for c in _READ])


def _batches(files: list[TableFile]) -> Iterator[list[TableFile]]:
    """Files in groups of whole parts, each of about a million rows, so that memory stays small."""
    batch: list[TableFile] = []
    for file in sorted(files, key=lambda f: (f.part, f.path)):
        if batch and file.part != batch[-1].part and sum(f.rows for f in batch) >= _ROWS_AT_ONCE:
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch
