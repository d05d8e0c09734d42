"""Numbers on a printed map: each stop named once, none over another, none over the yard."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from serving.export.map_labels import HALF_HEIGHT, NEAR_X, NEAR_Y, Box, placed, ranges

WIDTH, HEIGHT = 720.0, 430.0
YARD: list[Box] = [(351, 206, 369, 224), (343, 189, 377, 206)]
POINT = st.tuples(st.floats(22, WIDTH - 22), st.floats(22, HEIGHT - 22))


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@settings(max_examples=300)
@given(st.lists(POINT, min_size=1, max_size=60))
def test_labels_never_hide_each_other_or_the_yard_and_name_every_stop_once(points: list[tuple[float, float]]) -> None:
    marks = [(f"{'AB'[i % 2]}{i // 2 + 1}", at) for i, at in enumerate(points)]
    found = placed(marks, YARD, WIDTH, HEIGHT)
    boxes = [*YARD, *(one.box for one in found)]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair) and pair != tuple(YARD)]
    assert all(b[0] >= 0 and b[2] <= WIDTH and b[1] >= 0 and b[3] <= HEIGHT for b in boxes)
    named = sum(int(part.rsplit("–")[-1].strip("AB")) - int(part.split("–")[0].strip("AB")) + 1
                for one in found for part in one.text.split())  # fmt: skip
    assert named == len(points)


def test_a_label_lies_on_its_stops_where_there_is_room_and_is_tied_to_them_where_not() -> None:
    (alone,) = placed([("A1", (100.0, 100.0))], [], WIDTH, HEIGHT)
    assert (alone.x, alone.y, alone.tie) == (100, 100, None)
    (moved,) = placed([("A1", (100.0, 100.0))], [(60, 60, 140, 140)], WIDTH, HEIGHT)
    assert moved.tie == (100, 100)
    assert not overlap(moved.box, (60, 60, 140, 140))


def test_stops_that_lie_close_share_a_label_that_names_each() -> None:
    near = [("A1", (100.0, 100.0)), ("A2", (100 + NEAR_X / 2, 100.0)), ("A3", (100.0, 100 + NEAR_Y * 3))]
    assert [one.text for one in placed(near, [], WIDTH, HEIGHT)] == ["A1–2", "A3"]
    assert NEAR_Y >= 2 * HALF_HEIGHT
    assert ranges(["A1", "A2", "A3", "B2", "A9", "A10"]) == "A1–3 B2 A9–10"
    assert ranges(["4"]) == "4"
    assert ranges(["4", "5", "7"]) == "4–5 7"
