"""What was recorded of requests in the past: how many were closed by the time they were due."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from domain.city import CityPlan
from storage.asof import latest, parts_until
from storage.clock import end_of_day
from storage.query import connect
from storage.snapshot import Snapshot

RECENT_DAYS = 365


def recorded_in_time(snapshot: Snapshot, plan: CityPlan, as_of: date) -> dict[str, float]:
    """Category -> share of requests that fell due in the year before `as_of` and were closed by then, as known then.

    The due time is the source's, else filed + the category's hours. Left out: perishable work, categories without
    hours, and those of which no request was ever closed (a source that does not say).
    """
    files = [] if snapshot.meta.is_counts else parts_until(snapshot, plan, as_of)
    if not files:
        return {}
    last = end_of_day(plan.city.zone, as_of)
    first = end_of_day(plan.city.zone, as_of - timedelta(days=RECENT_DAYS))
    hours = {c.category: c.due_hours for c in plan.categories if c.kind != "perishable" and c.due_hours}
    due = "coalesce(due_at, created_at + to_hours(CAST(? AS INTEGER)))"
    newest = latest(snapshot, plan, as_of, files, ("category", "created_at", "closed_at", "due_at"))
    shares = {}
    with connect(snapshot.folder.work) as connection:
        for category, allowed in hours.items():
            sql = f"""
                SELECT count(*), count(closed_at), count(*) FILTER (closed_at <= {due}) FROM ({newest})
                WHERE category = ? AND {due} > ? AND {due} <= ?
            """
            whole = int(np.ceil(allowed))
            row = connection.execute(sql, [whole, category, whole, first, whole, last]).fetchone()
            if row and row[1]:
                shares[category] = float(row[2] / row[0])
    return shares
