"""Requests as last known, with when they were filed, due and closed: what a replay holds its own course against."""

from __future__ import annotations

from datetime import date

import pandas as pd

from domain.city import CityPlan
from storage.asof import latest, parts_until
from storage.query import connect, fetch
from storage.snapshot import Snapshot

_COLUMNS = ("request_id", "category", "area", "created_at", "due_at", "closed_at", "status")


def requests_filed(snapshot: Snapshot, plan: CityPlan, first: date, last: date, as_of: date) -> pd.DataFrame:
    """Requests filed on local days first..last in their latest version known at the end of `as_of`.

    Columns: request_id, category, area (empty where none), created_at, due_at, closed_at (null while open), status,
    and `local`: the local wall-clock time filed. Sorted by created_at, request_id. Empty for sources of daily counts.
    """
    files = parts_until(snapshot, plan, as_of)
    if snapshot.meta.is_counts or not files:
        return pd.DataFrame(columns=[*_COLUMNS, "local"])
    sql = f"{latest(snapshot, plan, as_of, files, _COLUMNS)} ORDER BY created_at, request_id"
    with connect(snapshot.folder.work) as connection:
        rows: pd.DataFrame = fetch(connection, sql).to_pandas()
    local = rows["created_at"].dt.tz_convert(plan.city.timezone).dt.tz_localize(None)
    inside = (local >= pd.Timestamp(first)) & (local < pd.Timestamp(last) + pd.Timedelta(days=1))
    found: pd.DataFrame = rows.assign(local=local)[inside].reset_index(drop=True)
    return found
