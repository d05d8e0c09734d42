"""Why a mean can lie outside the range printed beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocation.given import Given
from allocation.plan import allocate


def test_a_crew_that_rarely_stays_away_puts_the_mean_below_the_whole_range(build: Any) -> None:
    """One crew with more open work than it can do works the same minutes on every draw on which it comes."""
    away = 0.05
    plan = build.city_plan(
        categories=[build.pothole], yards=build.yards(1, {"patching": 1}), absence_share=away,
    )  # fmt: skip
    where = build.area_map(1)
    paths, problem = build.paths_of(plan, where, 3, 400), build.problem_of(plan, where, 3)
    given = (paths, build.split(paths, (0.6, 0.3, 0.1)), where, build.backlog_of(where, "pothole", 200, age_days=9))
    rows = allocate(Given(problem, *given, None, {}, 7)).dispatch
    first = rows[rows["date"] == rows["date"].min()].iloc[0]
    assert first["minutes_low"] == first["minutes_high"] > 0
    share = first["expected_minutes"] / first["minutes_low"]
    assert np.isclose(share, 1 - away, atol=0.03)
    assert share < 1
