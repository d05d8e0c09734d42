from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.panel import Floats
from models.issued_errors import Expected, amount_law, amount_ranks, filled, moved, ridge, windows


def made(days: int, seed: int = 3) -> tuple[Floats, Floats]:
    """Expectations and amounts in mm that follow them, a third of the days dry."""
    rng = np.random.default_rng(seed)
    expected = rng.gamma(2.0, 1.0, days)
    wet = rng.random(days) < expected / (expected + 1.0)
    return expected, np.where(wet, np.maximum(expected + rng.normal(0, 0.7, days), 0.1) ** 2, 0.0)


def test_past_expectations_do_not_know_their_own_outcome() -> None:
    """The hat-matrix form equals fitting again without the row."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(80, 3)), rng.normal(size=80)
    found = ridge(x, y, x[0])
    altered = y.copy()
    altered[0] += 100.0
    again = ridge(x, altered, x[0])
    assert again.past[0] == pytest.approx(found.past[0], abs=1e-6)
    assert again.past[1] != pytest.approx(found.past[1], abs=1e-3)


def test_ranks_of_past_amounts_are_even() -> None:
    expected, came = made(1500)
    ranks = amount_ranks(Expected(expected, 1.0), came, np.random.default_rng(0))
    assert ((ranks >= 0) & (ranks <= 1)).all()
    counted = np.histogram(ranks, bins=5, range=(0, 1))[0] / len(ranks)
    assert counted == pytest.approx(np.full(5, 0.2), abs=0.03)


def test_the_law_rises_with_the_expectation_and_its_dry_share_falls() -> None:
    expected, came = made(1500)
    laws = [amount_law(Expected(expected, today), came) for today in (0.3, 2.0, 5.0)]
    means, dry = [law.mean() for law in laws], [(law == 0).mean() for law in laws]
    assert means[0] < means[1] < means[2]
    assert dry[0] > dry[1] > dry[2]


@given(st.integers(20, 300), st.floats(-3, 40), st.integers(0, 5))
@settings(max_examples=40)
def test_a_law_is_never_negative_and_ascending_for_any_expectation(days: int, today: float, seed: int) -> None:
    expected, came = made(days, seed)
    law = amount_law(Expected(expected, today), came)
    assert len(law) >= 10
    assert (law >= 0).all()
    assert (np.diff(law) >= 0).all()


def test_dry_days_stay_dry_and_wet_days_stay_wet_when_moved() -> None:
    assert moved(np.array([0.0, 1.0, 2.0]), np.array([5.0, -9.0, 1.0])) == pytest.approx([0.0, 0.05, 3.0])


def test_windows_reach_the_ends_without_leaving_them() -> None:
    near, there = windows(np.arange(400.0))
    assert near.min() == 0
    assert near.max() == 399
    assert there.sum(axis=1).min() >= 50


def test_an_issue_that_is_missing_is_taken_from_the_next_newer_one() -> None:
    issues = np.array([[1.0, np.nan, np.nan], [np.nan, 2.0, np.nan]])
    assert filled(issues) == pytest.approx(np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 2.0]]))
