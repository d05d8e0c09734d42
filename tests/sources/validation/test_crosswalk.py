"""Rows of redrawn areas move to today's areas: whole, counted, the same at every load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import ConfigError
from domain.redrawing import Redrawing
from domain.tables import AREAS
from sources.plugins import Context, Requests
from sources.validation.crosswalk import Split, Stage, _parts

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., Any]
MakeContext = Callable[..., Context]

OLD = "Old Town"
SPLIT = ({"date": "2024-03-01", "from": {OLD: {"East": 0.25, "West": 0.75}}},)
BEFORE, AFTER = "2024-02-05 10:00:00", "2024-03-05 10:00:00"
IN_EAST, IN_WEST = ("44.95", "-93.1"), ("44.95", "-93.3")


def halves() -> pd.DataFrame:
    """East and West of a line at -93.2."""
    boxes = {"East": (-93.2, 44.8, -93.0, 45.1), "West": (-93.4, 44.8, -93.2, 45.1)}
    outlines = {name: str(shapely.to_geojson(shapely.box(*box))) for name, box in boxes.items()}
    rows = [{"area": n, "name": n, "district": "all", "geometry": outline} for n, outline in outlines.items()]
    return AREAS.validate(pd.DataFrame(rows).assign(city="testville", population=None, lat=44.95, lon=-93.2))


@pytest.fixture
def redrawn(make_context: MakeContext) -> Callable[..., Context]:
    def build(crosswalk: object = SPLIT) -> Context:
        return make_context(halves(), crosswalk=crosswalk)

    return build


def many(rows: Rows, size: int, **columns: Any) -> pd.DataFrame:
    return rows(**{"area": [OLD] * size, "created": [BEFORE] * size, **columns})


def test_a_request_with_coordinates_goes_where_its_point_lies(
    rows: Rows, check: Check, redrawn: Callable[..., Context], rules_used: Listed
) -> None:
    points = [IN_EAST, IN_WEST, IN_EAST]
    found = check(many(rows, 3, lat=[p[0] for p in points], lon=[p[1] for p in points]), ctx=redrawn())
    assert found.rows is not None
    assert found.rows.set_index("request_id")["area"].to_dict() == {"R0": "East", "R1": "West", "R2": "East"}
    assert rules_used(found)["area redrawn on 2024-03-01: placed by coordinates"] == (3, "Old Town → East")


def test_requests_without_coordinates_are_shared_out_the_same_way_at_every_load(
    rows: Rows, check: Check, redrawn: Callable[..., Context], rules_used: Listed
) -> None:
    raw = many(rows, 2000, lat=[None] * 2000, lon=[None] * 2000)
    found = check(raw, ctx=redrawn())
    assert found.rows is not None
    area = found.rows.set_index("request_id")["area"]
    assert (area == "East").mean() == pytest.approx(0.25, abs=0.03)
    assert rules_used(found)["area redrawn on 2024-03-01: placed by stated shares"][0] == 2000
    part = check(raw.iloc[700:900].reset_index(drop=True), ctx=redrawn())
    assert part.rows is not None
    again = part.rows.set_index("request_id")["area"]
    assert again.to_dict() == area[again.index].to_dict()


def test_after_the_date_the_old_name_is_no_area_any_more(
    rows: Rows, check: Check, redrawn: Callable[..., Context], reasons: Listed
) -> None:
    found = check(rows(area=[OLD, OLD, "East"], created=[BEFORE, AFTER, AFTER]), ctx=redrawn())
    assert reasons(found) == [(2, "area", OLD, "area is not on the map")]


def test_the_day_of_the_date_is_a_local_one(rows: Rows, check: Check, redrawn: Callable[..., Context]) -> None:
    late = ["2024-02-29 23:30:00", "2024-03-01 00:30:00"]
    found = check(rows(area=[OLD, OLD], created=late), ctx=redrawn())
    assert len(found.quarantine) == 1


def test_areas_may_exchange_names_and_be_redrawn_twice(
    rows: Rows, check: Check, redrawn: Callable[..., Context]
) -> None:
    twice = (
        {"date": "2023-01-01", "from": {"First": {OLD: 1.0}}},
        {"date": "2024-03-01", "from": {"East": {"West": 1.0}, "West": {"East": 1.0}, OLD: {"West": 1.0}}},
    )
    raw = rows(
        area=["First", "East", "West", "east"],
        created=["2022-05-05", "2023-05-05", "2023-05-05", AFTER],
        lat=[None] * 4,
        lon=[None] * 4,
    )
    found = check(raw, ctx=redrawn(twice))
    assert found.rows is not None
    area = found.rows.set_index("request_id")["area"].to_dict()
    assert area == {"R0": "West", "R1": "West", "R2": "East", "R3": "East"}


def test_without_a_map_names_are_as_in_the_rows(rows: Rows, check: Check, make_context: MakeContext) -> None:
    renamed = ({"date": "2024-03-01", "from": {"old town": {"Newtown": 1.0}}},)
    raw = rows(area=[OLD, "Newtown"], created=[BEFORE, AFTER])
    found = check(raw, ctx=make_context(None, crosswalk=renamed))
    assert found.rows is not None
    assert set(found.rows["area"]) == {"Newtown"}


def test_an_area_that_nobody_knows_is_an_error_that_names_the_nearest(
    rows: Rows, check: Check, redrawn: Callable[..., Context]
) -> None:
    wrong = ({"date": "2024-03-01", "from": {OLD: {"Easst": 1.0}}},)
    with pytest.raises(ConfigError, match=r"'Easst'.*did you mean 'East'"):
        check(rows(area=["East"]), ctx=redrawn(wrong))


@pytest.mark.parametrize("shares", [{"East": 0.5, "West": 0.4}, {"East": 1.2, "West": -0.2}, {}])
def test_shares_of_an_old_area_sum_to_one(shares: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="share"):
        Redrawing.model_validate({"date": "2024-03-01", "from": {OLD: shares}})


def counts(days: int, each: int) -> pd.DataFrame:
    dates = [str(d.date()) for d in pd.date_range("2023-06-01", periods=days)]
    content = {"date": dates, "area": OLD, "label": "pothole", "count": [str(each)] * days}
    return pd.DataFrame(content, index=pd.RangeIndex(1, days + 1))


def test_daily_counts_are_cut_into_whole_parts_that_sum_and_are_right_on_average(
    check_counts: Check, redrawn: Callable[..., Context], rules_used: Listed
) -> None:
    found = check_counts(counts(200, 1), ctx=redrawn())
    assert found.counts is not None
    by_area = found.counts.groupby("area")["count"].sum()
    assert by_area.sum() == 200
    assert by_area["East"] == pytest.approx(50, abs=15)
    assert rules_used(found)["area redrawn on 2024-03-01: counts cut by stated shares"][0] == 200


def test_two_old_areas_that_became_one_are_added(check_counts: Check, redrawn: Callable[..., Context]) -> None:
    merged = ({"date": "2024-03-01", "from": {OLD: {"East": 1.0}, "Docks": {"East": 1.0}}},)
    both = pd.concat([counts(3, 2), counts(3, 5).assign(area="Docks")], ignore_index=True)
    both.index = pd.RangeIndex(1, 7)
    found = check_counts(both, ctx=redrawn(merged))
    assert found.counts is not None
    assert found.counts["count"].tolist() == [7, 7, 7]
    assert found.rows_used == 6


@given(count=st.integers(0, 500), weights=st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_every_part_is_whole_and_within_one_of_its_share(count: int, weights: list[int]) -> None:
    share = np.array(weights) / sum(weights)
    split = Split(OLD, tuple(f"N{i}" for i in range(len(weights))), share)
    row = pd.DataFrame({"day": [pd.Timestamp("2023-06-01")], "area": OLD, "label": "x", "_count": [count]})
    parts = [int(p["_count"].iloc[0]) for p in _parts(row, split, Stage(pd.Timestamp("2024-03-01"), (split,)))]
    assert sum(parts) == count
    assert all(abs(p - count * s) < 1 + 1e-9 and p >= 0 for p, s in zip(parts, share, strict=True))
