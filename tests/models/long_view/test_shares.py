"""How areas' shares drift is learnt from how they did."""

from __future__ import annotations

import numpy as np
import pytest

from models.long_view.days import area_shares
from models.long_view.shares import BLOCK, ShareDrift, learn_drift

DAYS = 2200
STEADY = np.array([4.0, 6.0, 8.0, 12.0])[:, None] * np.ones(DAYS)


def learnt(mean: np.ndarray) -> ShareDrift:
    counts = np.random.default_rng(8).poisson(mean).astype(np.int32)
    return learn_drift(counts, area_shares(counts), 1e6, 0.0)


def test_areas_that_keep_their_shares_hardly_drift() -> None:
    drift = learnt(STEADY)
    assert drift.walk < 0.001
    assert drift.month < 0.005


def test_areas_that_wander_drift_further_the_further_ahead() -> None:
    steps = np.random.default_rng(9).normal(0, 0.12, (4, DAYS // BLOCK + 1))
    wander = np.exp(np.cumsum(steps, axis=1)).repeat(BLOCK, axis=1)[:, :DAYS]
    assert learnt(STEADY * wander).walk > 5 * learnt(STEADY).walk


def test_what_single_months_bring_is_told_from_what_lasts() -> None:
    rough = np.exp(np.random.default_rng(10).normal(0, 0.3, (4, DAYS // BLOCK + 1))).repeat(BLOCK, axis=1)[:, :DAYS]
    drift = learnt(STEADY * rough)
    assert drift.month > 5 * learnt(STEADY).month
    assert drift.month > 1.5 * drift.start


def test_drawn_shares_sum_to_one_and_spread_with_time() -> None:
    share = np.array([0.1, 0.2, 0.7])
    drawn = ShareDrift(0.01, 0.02, 0.0).shares(np.random.default_rng(1), share, 400, 500)
    assert drawn.shape == (3, 15, 500)
    np.testing.assert_allclose(drawn.sum(axis=0), 1.0)
    assert drawn[0, -1].std() > 2 * drawn[0, 0].std()
    assert drawn[:, 0].mean(axis=1) == pytest.approx(share, abs=0.02)


def test_a_short_history_takes_the_prior() -> None:
    counts = np.random.default_rng(8).poisson(STEADY[:, :200]).astype(np.int32)
    assert learn_drift(counts, area_shares(counts), 1e6, 0.0).walk > 0
