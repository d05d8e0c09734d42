"""How late rows became known: requests by the day they are about and the days until our own reading saw them."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from domain.city import CityPlan
from storage.asof import known, parts_until, scan
from storage.clock import DAY_US, local_us
from storage.query import connect, fetch
from storage.snapshot import Snapshot

MEMORY_DAYS = 400
"""Arrivals of requests filed longer ago say little of today's."""
COLUMNS = ("category", "day", "delay", "count")


def observed_delays(snapshot: Snapshot, plan: CityPlan, as_of: date) -> pd.DataFrame:
    """Requests by category, local day filed and days until first known, as known at the end of `as_of`.

    Columns category, day, delay (days ≥ 0), count; sorted. Only days all of whose requests rest on the basis
    "observed": those that were being watched from their start. Counts-only sources keep no basis: no rows.
    """
    first = as_of - timedelta(days=MEMORY_DAYS)
    files = [f for f in parts_until(snapshot, plan, as_of) if f.role == "first" and f.part >= f"{first:%Y-%m}"]
    if snapshot.meta.is_counts or not files:
        return pd.DataFrame({"category": [], "day": pd.to_datetime([]), "delay": [], "count": []})
    span = (snapshot.meta.first_day, max(snapshot.meta.last_day, as_of) + timedelta(days=MEMORY_DAYS))
    day, seen = (f"({local_us(c, plan.city.zone, *span)} // {DAY_US})" for c in ("created_at", "known_at"))
    sql = f"""
        WITH versions AS (
            SELECT category, {day}::INTEGER AS day, greatest({seen} - {day}, 0)::INTEGER AS delay,
                known_at_basis = 'observed' AS is_observed
            FROM {scan(snapshot, files)} WHERE {known(snapshot, plan, as_of)}
        ), watched AS (SELECT day FROM versions GROUP BY day HAVING bool_and(is_observed))
        SELECT category, day, delay, count(*) AS count FROM versions SEMI JOIN watched USING (day)
        GROUP BY ALL ORDER BY category, day, delay
    """
    with connect(snapshot.folder.work) as connection:
        rows = fetch(connection, sql).to_pandas()
    days = rows["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    delays: pd.DataFrame = rows.assign(day=days)
    return delays
