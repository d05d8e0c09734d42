from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.geography import natural_order, neighbours


def outline(x: float, y: float = 0.0, size: float = 1.0) -> str:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["10", "9", "2"], ["2", "9", "10"]),
        (["A10", "A9", "B1"], ["A9", "A10", "B1"]),
        (["b", "A", "1"], ["1", "A", "b"]),
        (["7b", "7", "7a"], ["7", "7a", "7b"]),
    ],
)
def test_areas_are_sorted_as_people_count(names: list[str], order: list[str]) -> None:
    assert natural_order(names) == order


@given(st.lists(st.text(max_size=6), unique=True))
def test_the_order_of_areas_does_not_depend_on_how_they_came(names: list[str]) -> None:
    assert natural_order(names) == natural_order(sorted(names, reverse=True))


def test_outlines_that_touch_overlap_or_nearly_touch_are_neighbours() -> None:
    near = neighbours([outline(0), outline(1), outline(2.0004), outline(2.5), outline(9)])
    pairs = {(i, j) for i, row in enumerate(near) for j, is_near in enumerate(row) if is_near and i < j}
    assert pairs == {(0, 1), (1, 2), (2, 3)}
    assert (near == near.T).all()
    assert not near.diagonal().any()


def test_an_area_without_an_outline_has_no_neighbours() -> None:
    assert not neighbours(["", ""]).any()
    near = neighbours([outline(0), "", outline(1)])
    assert near[0, 2]
    assert not near[1].any()
