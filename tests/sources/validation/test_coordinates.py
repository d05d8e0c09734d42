"""Coordinates: degrees inside the city, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from sources.plugins import Context, Requests
from sources.rules import RequestRules

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., Any]


def points(found: Requests) -> list[tuple[float, float]]:
    assert found.rows is not None
    ordered = found.rows.sort_values("request_id")
    return [(round(a, 4), round(b, 4)) for a, b in ordered[["lat", "lon"]].to_numpy()]


def test_null_island_unreadable_and_half_given_coordinates_are_dropped_and_the_row_kept(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(rows(lat=["0", "0.0", "here", "44.9", "inf"], lon=["0", "0", "-93.2", None, "-93.2"]))
    assert np.isnan(points(found)).all()
    assert found.rows_used == 5
    assert rules_used(found)["coordinates at 0, 0: dropped"] == (2, "0, 0 → none")
    assert rules_used(found)["coordinates unreadable or half given: dropped"] == (3, "here, -93.2 → none")


def test_swapped_coordinates_are_exchanged_where_that_lands_them_in_the_city(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(rows(lat=["-93.2", "44.95"], lon=["44.95", "-93.2"]))
    assert points(found) == [(44.95, -93.2), (44.95, -93.2)]
    assert rules_used(found)["latitude and longitude exchanged"] == (1, "-93.2, 44.95 → 44.95000, -93.20000")


def test_points_far_outside_the_map_are_dropped_and_just_outside_kept(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(rows(lat=["45.25", "47.0"], lon=["-93.2", "-93.2"]))
    assert points(found)[0] == (45.25, -93.2)
    assert rules_used(found)["coordinates outside the city: dropped"] == (1, "47.0, -93.2 → none")


def test_projected_coordinates_are_dropped_or_converted_where_their_system_is_named(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    raw = rows(lat=["4977500", "44.95"], lon=["484230", "-93.2"])
    found = check(raw)
    assert np.isnan(points(found)[0]).all()
    assert rules_used(found)["coordinates not in degrees (no crs is named): dropped"][0] == 1
    found = check(raw, crs="EPSG:32615")
    assert points(found)[0] == pytest.approx((44.9500, -93.2000), abs=0.001)
    assert points(found)[1] == (44.95, -93.2)
    assert rules_used(found)["coordinates converted from EPSG:32615"][0] == 1


def test_without_a_map_the_city_lies_around_the_median_of_the_rows(
    rows: Rows, check: Check, make_context: Callable[..., Context]
) -> None:
    raw = rows(lat=["44.95"] * 3 + ["-93.2", "10.0"], lon=["-93.2"] * 3 + ["44.95", "10.0"])
    found = points(check(raw, ctx=make_context()))
    assert found[:4] == [(44.95, -93.2)] * 4
    assert np.isnan(found[4]).all()


def test_a_stated_box_outranks_the_map(rows: Rows, check: Check) -> None:
    found = check(rows(lat=["44.95", "10.0"], lon=["-93.2", "10.0"]), box=(9, 9, 11, 11))
    assert np.isnan(points(found)[0]).all()
    assert points(found)[1] == (10.0, 10.0)


@pytest.mark.parametrize(
    "rules", [{"box": (50, 0, 40, 1)}, {"crs": "EPSG:99999999"}, {"zone": "Mars/Base"}, {"date_format": "%Q"}]
)
def test_rules_that_make_no_sense_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(
        ValidationError, match=r"box must be|not a coordinate reference system|IANA zone|not a date format"
    ):
        RequestRules(**rules)
