"""Folds lie in the year before the origin, and all their outcomes are known by it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.folds import regular_origins, selection_origins

ORIGIN = date(2024, 6, 30)


@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 3000), st.integers(28, 500))
def test_all_evidence_ends_by_the_origin_and_no_outcome_counts_twice(
    folds: int, horizon: int, history: int, minimum: int
) -> None:
    first_day = ORIGIN - timedelta(days=history)
    origins = selection_origins(ORIGIN, folds, horizon, first_day, minimum)
    assert len(origins) <= folds
    assert all(o + timedelta(days=horizon) <= ORIGIN for o in origins)
    assert all((o - first_day).days + 1 >= minimum for o in origins)
    assert all((b - a).days >= horizon for a, b in pairwise(origins))
    assert all(o >= ORIGIN - timedelta(days=365) for o in origins)


def test_long_histories_are_looked_at_in_every_season_up_to_the_origin() -> None:
    origins = selection_origins(ORIGIN, 8, 14, date(2018, 1, 1))
    assert len(origins) == 8
    assert origins[-1] + timedelta(days=14) == ORIGIN
    assert {(o.month % 12) // 3 for o in origins} == {0, 1, 2, 3}


def test_short_histories_get_fewer_folds_down_to_none() -> None:
    assert len(selection_origins(ORIGIN, 8, 14, ORIGIN - timedelta(days=100))) == 3
    assert selection_origins(ORIGIN, 8, 14, ORIGIN - timedelta(days=60)) == ()


@pytest.mark.parametrize(("last", "count"), [(date(2016, 1, 1), 1), (date(2016, 1, 15), 3), (date(2015, 12, 31), 0)])
def test_regular_origins_run_up_to_and_with_the_last(last: date, count: int) -> None:
    origins = regular_origins(date(2016, 1, 1), last, 7)
    assert len(origins) == count
    assert all((o - date(2016, 1, 1)).days % 7 == 0 for o in origins)
