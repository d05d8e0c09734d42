"""What a publication had reckoned for a shift is found again in its tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.dense import dense
from allocation.promised import promised_jobs, promised_shifts, usual_travel
from allocation.work import minutes_per_job


@pytest.mark.parametrize("factor", [None, 1.5])
@pytest.mark.parametrize("together", [1.0, 2.5, 6.0])
def test_driving_and_nearness_follow_from_the_minutes_that_were_published(
    build: Any, together: float, factor: float | None
) -> None:
    """Also where the plan had reckoned with slower work: what it takes on a fair day is found."""
    problem = build.problem_of(build.city_plan(), build.area_map(4), 3)
    d = dense(problem)
    pace = None if factor is None else np.full((3, len(problem.crew_types), len(d.work)), 1 / factor)
    each = float(minutes_per_job(d, 0, 0, 0, np.array([[together]]), np.array([2]))[0, 0])
    dispatch = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-01-08"]), "shift": "day", "yard": "yard 1", "crew_type": "patching",
            "area": "a002", "category": "pothole", "expected_minutes": 3 * each * (factor or 1), "expected_served": 3.0,
        }
    )  # fmt: skip
    row = promised_jobs(problem, dispatch, pace).iloc[0]
    assert row["nearby_share"] == pytest.approx((1 + (together - 1) * 0.8) / together)
    assert row["travel_minutes"] + row["nearby_share"] * 40 == pytest.approx(each)
    assert usual_travel(problem, "yard 1", "patching") > 0


def test_planned_hours_count_crews_held_ready_and_overtime(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(4), 3)
    roster = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-01-08"]), "shift": "day", "yard": "yard 1", "crew_type": "patching",
            "crews": 2, "on_readiness": 1, "overtime_hours": 1.5,
        }
    )  # fmt: skip
    row = promised_shifts(problem, roster).iloc[0]
    assert (row["planned_crews"], row["planned_hours"], row["setup_minutes"]) == (3.0, 3 * 7 + 1.5, 30.0)
