"""Requests closed a day, as known at a moment: what jobs done are compared with."""

from __future__ import annotations

from datetime import date

import pandas as pd

from domain.city import CityPlan
from storage.asof import latest, parts_until
from storage.clock import end_of_day, local_us, microseconds, start_of_day
from storage.query import connect, fetch
from storage.snapshot import Snapshot

COLUMNS = ["date", "category", "count"]


def closings(snapshot: Snapshot, plan: CityPlan, as_of: date, first: date, last: date) -> pd.DataFrame:
    """Columns date (local day of closing, first to last), category, count. Empty where the source has no closings."""
    files = parts_until(snapshot, plan, as_of)
    if not snapshot.meta.has_backlog or not files:
        return pd.DataFrame({"date": pd.Series(dtype="datetime64[us]"), "category": [], "count": []})
    zone = plan.city.zone
    since, until = microseconds(start_of_day(zone, first)), microseconds(end_of_day(zone, last))
    sql = f"""
        SELECT category, {local_us("closed_at", zone, first, last)} // 86400000000 AS day, count(*) AS number
        FROM ({latest(snapshot, plan, as_of, files, ("category", "closed_at", "status"))})
        WHERE status = 'closed' AND epoch_us(closed_at) BETWEEN {since} AND {until}
        GROUP BY ALL ORDER BY ALL
    """
    with connect(snapshot.folder.work) as connection:
        rows: pd.DataFrame = fetch(connection, sql).to_pandas()
    day = pd.to_datetime(rows["day"].astype("int64"), unit="D", origin="unix").astype("datetime64[us]")
    return pd.DataFrame(
        {"date": day, "category": rows["category"].astype("str"), "count": rows["number"].astype("int64")}
    )
