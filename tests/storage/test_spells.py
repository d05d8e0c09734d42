from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.spells import has_recent_gap, silent_days, spells


@given(st.lists(st.integers(0, 2), min_size=1, max_size=60), st.integers(1, 8))
def test_spells_are_exactly_the_long_stretches_of_zeros(requests: list[int], least: int) -> None:
    found = spells(np.array(requests), least)
    inside = {day for first, days in found for day in range(first, first + days)}
    text = "".join("0" if r == 0 else "1" for r in requests)
    runs = [run for run in re.finditer("0+", text) if len(run.group()) >= least]
    expected = {day for run in runs for day in range(*run.span())}
    assert inside == expected
    assert all(days >= least for _, days in found)


@pytest.mark.parametrize(
    ("busy", "days", "silent"),
    [
        (range(0, 100), 130, 30),
        (range(0, 100), 110, 0),
        (range(0, 100, 20), 110, 0),
        (range(0, 100, 20), 140, 59),
        ([], 90, 90),
        ([3], 90, 86),
    ],
)
def test_a_category_is_silent_where_it_pauses_far_longer_than_ever(busy: object, days: int, silent: int) -> None:
    requests = np.zeros(days, dtype=int)
    requests[list(busy)] = 1  # type: ignore[call-overload]
    assert silent_days(requests, 21) == silent


def test_a_gap_long_ago_no_longer_weighs() -> None:
    totals = np.ones((2, 1000), dtype=np.int32)
    totals[:, 100:140] = 0
    assert not has_recent_gap(totals, 21)
    totals[0, 800:830] = 0
    assert not has_recent_gap(totals, 21)
    totals[1, 800:830] = 0
    assert has_recent_gap(totals, 21)
