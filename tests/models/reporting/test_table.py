"""What is published of reporting: numbers where they can be told, else the reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from domain.chance import generator
from models.reporting.table import COUNTS_ONLY, reporting_table

AREAS = ("north", "south")
NOW = pd.Timestamp("2024-06-01", tz="UTC")


def rows_of(repeats: float = 1.0, number: int = 300, open_days: float = 5.0, **columns: Any) -> pd.DataFrame:
    """Incidents at places of their own in two areas, each repeated about `repeats` times within its `open_days`."""
    rng = generator(1, "rows", repeats, number)
    many = rng.poisson(np.repeat([repeats * 0.5, repeats * 1.5], number))
    incident = np.concatenate([np.arange(2 * number), np.repeat(np.arange(2 * number), many)])
    start = rng.uniform(0, 500, 2 * number)
    late = np.concatenate([np.zeros(2 * number), rng.uniform(0, open_days, int(many.sum()))])
    first = pd.Timestamp("2022-06-01", tz="UTC") + pd.to_timedelta(start[incident] * 86_400, unit="s")
    frame = pd.DataFrame(
        {
            "request_id": [f"r{i:05d}" for i in range(len(incident))],
            "category": "pothole",
            "area": np.where(incident < number, *AREAS),
            "created_at": (first + pd.to_timedelta(late * 86_400, unit="s")).as_unit("us"),
            "closed_at": (first + pd.Timedelta(days=open_days)).as_unit("us"),
            "lat": 40 + 0.01 * (incident % 50),
            "lon": -90 + 0.01 * (incident // 50),
            "duplicate_of": "",
        }
    )
    return frame.assign(**columns)


def told(rows: pd.DataFrame | None) -> pd.DataFrame:
    return reporting_table(rows, AREAS, ("pothole",), NOW)


def test_the_area_that_repeats_less_reports_less() -> None:
    table = told(rows_of()).set_index("area")
    assert table.loc["north", "propensity"] < 0.75 < 1.3 < table.loc["south", "propensity"]
    assert (table["low"] < table["propensity"]).all()
    assert (table["propensity"] < table["high"]).all()


def test_order_of_rows_and_areas_changes_nothing() -> None:
    rows = rows_of()
    straight = told(rows).set_index("area")
    turned = reporting_table(rows.sample(frac=1, random_state=2), AREAS[::-1], ("pothole",), NOW).set_index("area")
    pd.testing.assert_frame_equal(straight, turned.loc[list(AREAS)], rtol=1e-3)


def test_linked_duplicates_count_where_coordinates_lie_apart() -> None:
    rows = rows_of()
    first = rows.groupby(["lat", "lon", "closed_at"])["request_id"].transform("min")
    linked = rows.assign(duplicate_of=first.where(first != rows["request_id"], ""))
    scattered = linked.assign(lat=linked["lat"] + np.linspace(0, 0.4, len(rows)))
    assert told(scattered)["repeats"].tolist() == told(rows)["repeats"].tolist()


def test_without_coordinates_one_closing_moment_tells_an_incident() -> None:
    table = told(rows_of(lat=np.nan, lon=np.nan)).set_index("area")
    assert table.loc["north", "propensity"] < table.loc["south", "propensity"]
    assert table["basis"].str.contains("closed at the same moment").all()


def untold(rows: pd.DataFrame | None, reason: str) -> None:
    table = told(rows)
    assert table[["propensity", "low", "high"]].isna().all(axis=None)
    assert table["basis"].str.contains(reason, regex=False).all(), table["basis"].tolist()


def test_counts_a_day_cannot_tell() -> None:
    untold(None, COUNTS_ONLY)


def test_a_category_without_requests_cannot_tell() -> None:
    untold(rows_of(category="flooding"), "no request is known")


def test_a_feed_without_closing_times_cannot_tell() -> None:
    untold(
        rows_of(closed_at=pd.Series(pd.NaT, index=range(4000), dtype="datetime64[us, UTC]")),
        "closing times are missing",
    )


def test_a_feed_that_closes_everything_as_it_comes_cannot_tell() -> None:
    rows = rows_of()
    untold(rows.assign(closed_at=rows["created_at"]), "closed as they come in")


def test_a_feed_that_drops_repeats_cannot_tell() -> None:
    untold(rows_of(repeats=0.0), "drops or merges repeats")


def test_batches_without_coordinates_cannot_tell() -> None:
    rows = rows_of(lat=np.nan, lon=np.nan)
    untold(rows.assign(closed_at=rows["closed_at"].dt.ceil("D")), "closed in batches")


def test_repeats_that_are_no_more_than_chance_cannot_tell() -> None:
    rows = rows_of(repeats=0.0)
    crowded = rows.assign(lat=40.0 + 0.01 * (np.arange(len(rows)) % 20), lon=-90.0)
    untold(crowded, "other incidents at the same spots")


def test_an_area_with_few_incidents_says_so() -> None:
    rows = rows_of()
    few = rows[(rows["area"] == "south") | (rows.index < 5)]
    table = told(few).set_index("area")
    assert np.isnan(table.loc["north", "propensity"])
    assert "too few to tell" in table.loc["north", "basis"]
    assert table.loc["south", "propensity"] > 0
