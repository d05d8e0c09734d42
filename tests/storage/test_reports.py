"""Requests with their closings, as known at a moment, for learning who reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd

from domain.city import CityPlan
from storage.home import CityFolder
from storage.reports import COLUMNS, filed_reports
from storage.snapshots import Incoming, commit

NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
AS_OF = date(2024, 3, 5)


def test_rows_are_as_they_were_known_and_noise_has_no_place(
    folder: CityFolder,
    plan: CityPlan,
    build_rows: Callable[..., pd.DataFrame],
    build_incoming: Callable[..., Incoming],
) -> None:
    rows = build_rows(
        {
            "request_id": "first",
            "created_at": "2024-03-01T12:00Z",
            "closed_at": "2024-03-07T12:00Z",
            "lat": 41.0,
            "lon": -87,
        },
        {"request_id": "again", "created_at": "2024-03-02T12:00Z", "duplicate_of": "first", "lat": 41.0, "lon": -87},
        {"request_id": "closed", "created_at": "2024-03-01T13:00Z", "closed_at": "2024-03-04T12:00Z"},
        {"request_id": "loud", "created_at": "2024-03-03T12:00Z", "category": "noise", "lat": 41.0, "lon": -87},
        {"request_id": "unborn", "created_at": "2024-03-06T12:00Z"},
        {"request_id": "end", "created_at": "2024-03-10T20:00Z"},
    )
    found = filed_reports(commit(folder, plan, build_incoming(rows), NOW), plan, AS_OF)
    assert found is not None
    assert tuple(found.columns) == COLUMNS
    told = found.set_index("request_id")
    assert list(told.index) == ["first", "closed", "again", "loud"]
    assert pd.isna(told.loc["first", "closed_at"])
    assert told.loc["closed", "closed_at"] == pd.Timestamp("2024-03-04T12:00Z")
    assert told.loc["again", "duplicate_of"] == "first"
    assert told.loc["again", "lat"] == 41.0
    assert pd.isna(told.loc["loud", "lat"])
