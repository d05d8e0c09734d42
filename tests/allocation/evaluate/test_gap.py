from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.gap import costs_by_week, gaps, resamples
from allocation.evaluate.settings import Bootstrap

RULE = Bootstrap(draws=500, block_weeks=3)
SIMPLE = ("flat", "supervisor")


def _costs(ours: float, weeks: int = 24, noise: float = 5.0) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    week = rng.normal(0, 30, weeks)
    levels = {"flat": 220.0, "supervisor": 200.0, "sample-paths": ours, "oracle": 100.0}
    return pd.DataFrame({name: level + week + rng.normal(0, noise, weeks) for name, level in levels.items()})


def test_a_plan_half_way_to_the_oracle_closes_half_the_gap() -> None:
    (gap,) = gaps(_costs(150.0), SIMPLE, "oracle", RULE, 0.03, 7)
    assert gap.best_simple == "supervisor"
    assert gap.closed is not None
    assert gap.closed.low < gap.closed.value < gap.closed.high
    assert gap.closed.value == pytest.approx(0.5, abs=0.05)


def test_a_gap_below_the_least_share_of_cost_is_told_and_not_divided_by() -> None:
    costs = _costs(199.0, noise=0.0)
    costs["oracle"] = costs["supervisor"] - 2
    (gap,) = gaps(costs, SIMPLE, "oracle", RULE, 0.03, 7)
    assert gap.closed is None
    assert "too little" in gap.told


def test_a_plan_no_better_than_the_supervisor_has_an_interval_around_zero() -> None:
    (gap,) = gaps(_costs(200.0, noise=20.0), SIMPLE, "oracle", RULE, 0.03, 7)
    assert gap.saved.low < 0 < gap.saved.high


def test_resampled_weeks_come_in_blocks_that_wrap_around() -> None:
    at = resamples(10, Bootstrap(draws=200, block_weeks=4), 1)
    assert at.shape == (200, 10)
    steps = np.diff(at, axis=1) % 10
    assert (steps[:, [0, 1, 2, 4, 5, 6]] == 1).all()


def test_a_policy_that_misses_a_week_is_an_error() -> None:
    rows = pd.DataFrame({"week": [1, 1, 2], "policy": ["a", "b", "a"], "cost": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="not all replayed"):
        costs_by_week(rows)
