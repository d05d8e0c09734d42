"""Requests as known at a moment, with their closings: what reporting propensity is learned from."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from domain.city import CityPlan
from domain.tables import REQUESTS
from storage.asof import latest, parts_until
from storage.clock import end_of_day
from storage.query import connect, fetch
from storage.snapshot import Snapshot

COLUMNS = ("request_id", "category", "area", "created_at", "closed_at", "lat", "lon", "duplicate_of")
YEARS = 6
"""How far back reporting is looked at."""


def filed_reports(snapshot: Snapshot, plan: CityPlan, as_of: date) -> pd.DataFrame | None:
    """COLUMNS of the last YEARS years' requests as known at the end of local day `as_of`, by time filed.

    None for a source of daily counts. Coordinates of categories that keep none are null.
    """
    if snapshot.meta.is_counts:
        return None
    since = f"{end_of_day(plan.city.zone, as_of - timedelta(days=365 * YEARS)):%Y-%m}"
    files = [f for f in parts_until(snapshot, plan, as_of) if f.part >= since] or list(snapshot.entries(REQUESTS))
    sql = f"{latest(snapshot, plan, as_of, files, COLUMNS)} ORDER BY created_at, request_id"
    with connect(snapshot.folder.work) as connection:
        rows: pd.DataFrame = fetch(connection, sql).to_pandas()
    coarse = rows["category"].isin([c.category for c in plan.categories if not c.keep_coordinates])
    return rows.assign(lat=rows["lat"].mask(coarse), lon=rows["lon"].mask(coarse))
