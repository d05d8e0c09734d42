"""Daily demand from versions: requests as filed, by local day, as known at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from domain.city import CityPlan
from domain.panel import Ints
from domain.tables import DAILY_DEMAND
from domain.words import NO_AREA
from storage.asof import filed, latest_counts
from storage.clock import DAY_US, end_of_day, local_us, microseconds, start_of_day
from storage.query import connect, fetch
from storage.snapshot import Snapshot


def daily_counts(snapshot: Snapshot, plan: CityPlan, as_of: date) -> pd.DataFrame:
    """Requests filed on each local day, as known at the end of local day `as_of`.

    Columns date, area, category, count; days without a request are left out, rows without an area have area ""
    (NO_AREA). Duplicates count as filed. The latest version known by then decides where and when a request counts.
    Days after `as_of` are left out. Sorted by category, area, date.
    """
    is_counts = snapshot.meta.is_counts
    sql = latest_counts(snapshot, plan, as_of) if is_counts else _count_rows(snapshot, plan, as_of)
    with connect(snapshot.folder.work) as connection:
        rows = fetch(connection, sql)
    days = rows["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    names = {c: rows[c].to_pandas() for c in ("area", "category")}
    counts = pd.DataFrame({"date": days, **names, "count": rows["count"].to_numpy()})
    return counts[counts["date"] <= pd.Timestamp(as_of)].reset_index(drop=True)


def daily_demand(snapshot: Snapshot, plan: CityPlan, as_of: date, origin: date) -> pd.DataFrame:
    """The table `daily_demand`: zero-filled over local days from the first to `as_of`, days after `origin` incomplete.

    Rows without an area stand under area "".
    """
    counts = daily_counts(snapshot, plan, as_of)
    areas = sorted({*snapshot.frame("areas")["area"], *counts["area"].unique(), NO_AREA})
    days = pd.date_range(snapshot.meta.first_day, as_of, unit="us")
    axes = [days, pd.Index(areas, dtype="str"), pd.Index(plan.city.categories, dtype="str")]
    dense = pd.MultiIndex.from_product(axes, names=["date", "area", "category"])
    filled = counts.set_index(["date", "area", "category"])["count"].reindex(dense, fill_value=0).reset_index()
    filled["is_complete"] = filled["date"] <= pd.Timestamp(origin)
    return DAILY_DEMAND.validate(filled.assign(city=plan.city.city))


def hour_histogram(snapshot: Snapshot, plan: CityPlan, as_of: date, origin: date) -> Ints | None:
    """Requests by category, local weekday (0 Monday), season (0 Dec-Feb) and hour filed: (C, 7, 4, 24).

    None where rows have dates only or the source gives counts.
    """
    if not snapshot.meta.has_hours:
        return None
    local = _local_us(plan, snapshot)
    moment = f"make_timestamp({local})"
    sql = f"""
        SELECT category, isodow({moment}) - 1 AS weekday, month({moment}) % 12 // 3 AS season,
            hour({moment}) AS hour, count(*) AS n
        FROM ({filed(snapshot, plan, as_of)})
        WHERE {local} < {_day_number(origin) + 1} * {DAY_US}
        GROUP BY ALL ORDER BY ALL
    """
    with connect(snapshot.folder.work) as connection:
        rows = fetch(connection, sql).to_pandas()
    place = pd.Index(plan.city.categories).get_indexer(pd.Index(rows["category"]))
    known = place >= 0
    histogram: Ints = np.zeros((len(plan.city.categories), 7, 4, 24), dtype=np.int32)
    at = rows.loc[known, ["weekday", "season", "hour"]].to_numpy(dtype=int).T
    histogram[(place[known], *at)] = rows.loc[known, "n"]
    return histogram


def located_requests(snapshot: Snapshot, plan: CityPlan, as_of: date, origin: date) -> pd.DataFrame:
    """Requests with coordinates filed up to `origin`: category, area, date (local day), lat, lon.

    Only of categories that have a worklist and keep coordinates. Sorted by date, category, place.
    """
    kept = [c.category for c in plan.categories if c.keep_coordinates and c.worklist]
    if snapshot.meta.is_counts or not kept:
        return _located(pa.table({c: [] for c in ("category", "area", "day", "lat", "lon")}))
    local = _local_us(plan, snapshot)
    names = ", ".join(f"'{c}'" for c in kept)
    sql = f"""
        SELECT category, area, ({local} // {DAY_US})::INTEGER AS day, lat, lon
        FROM ({filed(snapshot, plan, as_of)})
        WHERE lat IS NOT NULL AND lon IS NOT NULL AND category IN ({names}) AND day <= {_day_number(origin)}
        ORDER BY day, category, lat, lon, area
    """
    with connect(snapshot.folder.work) as connection:
        return _located(fetch(connection, sql))


def last_filed(snapshot: Snapshot, plan: CityPlan, as_of: date, day: date) -> datetime | None:
    """Local time of the last request of a local day that was known at the end of `as_of`."""
    zone = plan.city.zone
    bounds = [f"make_timestamptz({microseconds(m)})" for m in (start_of_day(zone, day), end_of_day(zone, day))]
    sql = f"""
        SELECT epoch_us(max(created_at)) AS last FROM ({filed(snapshot, plan, as_of)})
        WHERE created_at BETWEEN {bounds[0]} AND {bounds[1]}
    """
    with connect(snapshot.folder.work) as connection:
        last = fetch(connection, sql)["last"][0].as_py()
    return None if last is None else pd.Timestamp(last, unit="us", tz="UTC").astimezone(zone).to_pydatetime()


def _count_rows(snapshot: Snapshot, plan: CityPlan, as_of: date) -> str:
    local = _local_us(plan, snapshot)
    return f"""
        SELECT category, area, ({local} // {DAY_US})::INTEGER AS day, count(*) AS count
        FROM ({filed(snapshot, plan, as_of)})
        GROUP BY ALL ORDER BY category, area, day
    """


def _local_us(plan: CityPlan, snapshot: Snapshot) -> str:
    return local_us("created_at", plan.city.zone, snapshot.meta.first_day, snapshot.meta.last_day)


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)) // timedelta(days=1)


def _located(rows: pa.Table) -> pd.DataFrame:
    days = rows["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    names = {c: rows[c].cast(pa.string()).to_pandas() for c in ("category", "area")}
    places = {c: rows[c].to_numpy().astype(float) for c in ("lat", "lon")}
    return pd.DataFrame({**names, "date": days, **places})
