from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.gap import costs_by_week, gaps, resamples
from allocation.evaluate.report import closed_off, gaps_at
from allocation.evaluate.settings import Bootstrap, ReplaySettings

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


@pytest.mark.parametrize("least", [0.0, 0.03])
def test_where_nothing_costs_anything_there_is_no_gap_to_close(least: float) -> None:
    """As the cost of event work in a city that has none."""
    (gap,) = gaps(_costs(150.0) * 0, SIMPLE, "oracle", RULE, least, 7)
    assert gap.closed is None
    assert gap.told == f"{gap.best_simple} has no cost here, so there is no gap to close"
    assert (gap.saved.value, gap.saved.low, gap.saved.high) == (0, 0, 0)


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


def _rows(late_minutes: float) -> pd.DataFrame:
    rows = []
    for week in (1, 2, 3):
        for policy, late in (("flat", late_minutes), ("supervisor", late_minutes), ("oracle", 0.0), ("ours", 0.0)):
            rows.append(
                {
                    "week": week, "policy": policy, "dispatch": "moved", "cost": 100.0, "late_cost": 60.0,
                    "late_at_end_cost": late / 10, "late_at_end_minutes": late, "spare_minutes_a_day": 50.0,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_what_is_late_after_the_last_week_is_charged_once_for_the_days_it_stays_late() -> None:
    rows = closed_off(_rows(1000.0))
    last = rows["week"] == 3
    assert (rows.loc[~last, "closing_cost"] == 0).all()
    flat = rows[last & (rows["policy"] == "flat")].iloc[0]
    assert flat["closing_cost"] == pytest.approx(1000 / 50 / 2 * 100)
    assert (flat["cost"], flat["late_cost"]) == pytest.approx((1100, 1060))
    assert rows.loc[rows["policy"] == "oracle", "closing_cost"].sum() == 0


def test_late_work_at_the_end_belongs_to_no_week_that_a_resample_could_draw_twice() -> None:
    """Weeks are all alike here, so every resample must cost the same, the end included."""
    told = ReplaySettings(bootstrap=RULE)
    rows = closed_off(_rows(1000.0)).replace({"policy": {"ours": "sample-paths"}})
    more = [rows[rows["policy"] == "flat"].assign(policy=p) for p in ("last-year-share", "last-28-days-share")]
    (gap,) = gaps_at(pd.concat([rows, *more]), told)
    assert gap.saved.value == gap.saved.low == gap.saved.high == pytest.approx(1000)
    assert gap.closed is not None
    assert gap.closed.value == pytest.approx(1.0)
    bare = gap.without_closing
    assert bare.saved.value == bare.saved.low == bare.saved.high == pytest.approx(0)
    assert bare.closed is None, "in the weeks alone the oracle saves nothing either"


def test_a_saving_that_the_charge_after_the_last_week_makes_is_shown_without_it_too() -> None:
    """The weeks alone cannot tell the plan from the supervisor; what stays late at the end is charged 2,000 more."""
    costs = _costs(200.0, noise=20.0)
    closing = pd.Series({"flat": 2000.0, "supervisor": 2000.0, "sample-paths": 0.0, "oracle": 0.0})
    (gap,) = gaps(costs, SIMPLE, "oracle", RULE, 0.03, 7, closing)
    (weeks,) = gaps(costs, SIMPLE, "oracle", RULE, 0.03, 7)
    assert gap.saved.low > 0
    bare = gap.without_closing
    assert bare.saved.low < 0 < bare.saved.high
    assert (bare.saved, bare.closed, bare.against_supervisor) == (weeks.saved, weeks.closed, weeks.against_supervisor)
    assert weeks.without_closing.saved == weeks.saved
    assert gap.saved.value - bare.saved.value == pytest.approx(2000)


def test_the_weeks_alone_are_held_against_the_best_simple_policy_of_the_weeks_alone() -> None:
    costs = _costs(150.0)
    closing = pd.Series({"flat": 0.0, "supervisor": 1000.0, "sample-paths": 0.0, "oracle": 0.0})
    (gap,) = gaps(costs, SIMPLE, "oracle", RULE, 0.03, 7, closing)
    assert (gap.best_simple, gap.without_closing.best_simple) == ("flat", "supervisor")
    assert gap.without_closing.saved.value == pytest.approx(costs["supervisor"].sum() - costs["sample-paths"].sum())
