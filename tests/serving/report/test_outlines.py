from __future__ import annotations

import json

import pandas as pd
import pytest

from serving.report.outlines import MOST_POINTS, outlines

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]


def shapes(*geometries: object) -> pd.DataFrame:
    texts = [g if isinstance(g, str) else json.dumps(g) for g in geometries]
    return pd.DataFrame({"geometry": pd.Series(texts, dtype="str")})


def winding(x: list[float], y: list[float]) -> float:
    return sum(a * d - b * c for a, b, c, d in zip(x, y, x[1:], y[1:], strict=False))


def test_a_hole_runs_against_its_outer_ring_so_that_it_stays_open():
    drawn = outlines(shapes({"type": "Polygon", "coordinates": [SQUARE, HOLE]}))[0]
    cut = drawn["x"].index(None)
    outer = winding(drawn["x"][:cut], drawn["y"][:cut])
    inner = winding(drawn["x"][cut + 1 :], drawn["y"][cut + 1 :])
    assert outer * inner < 0


def test_islands_are_parts_of_one_area():
    far = [[x + 10, y] for x, y in SQUARE]
    drawn = outlines(shapes({"type": "MultiPolygon", "coordinates": [[SQUARE], [far]]}))[0]
    assert drawn["x"].count(None) == 1
    assert len(drawn["x"]) == len(drawn["y"])


@pytest.mark.parametrize("odd", ["", "not json", '{"type":"Point","coordinates":[1,2]}', '{"type":"Polygon"}'])
def test_an_area_without_a_usable_outline_is_left_blank_and_the_others_drawn(odd):
    drawn = outlines(shapes(odd, {"type": "Polygon", "coordinates": [SQUARE]}))
    assert drawn[0] == {"x": [], "y": []}
    assert len(drawn[1]["x"]) == 5


def test_without_any_outline_there_is_no_map(unmapped):
    assert outlines(unmapped.areas) is None
    assert outlines(unmapped.areas.iloc[:0]) is None


def test_detail_that_no_screen_shows_is_left_out(large):
    assert sum(text.count("],") for text in large.areas["geometry"]) > MOST_POINTS * 4
    drawn = outlines(large.areas)
    assert sum(len(one["x"]) for one in drawn) < MOST_POINTS
    assert all(len(one["x"]) >= 5 for one in drawn)
