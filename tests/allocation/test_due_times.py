"""A new promise holds for what is filed from its first day on, in backlog, roster and dispatch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from allocation.dense import dense
from allocation.dispatch import Crewing, simulate
from allocation.problem import Problem
from allocation.surrogate import pool
from allocation.work import OVERDUE_BUCKETS, buckets, opening_jobs
from domain.category import QueueWork

CHANGES = [{"from": "2024-01-06", "due_hours": 120}, {"from": "2024-01-10", "due_hours": 24}]


def _city(build: Any) -> Any:
    pothole = build.pothole | {"queue": {"due_hours": 24, "due_changes": CHANGES, "cost_per_late_day": 25}}
    plan = build.city_plan(categories=[pothole], yards=[{"name": "y", "crews": {"patching": 1}}])
    return build.problem_of(plan, build.area_map(1), 5)


def test_each_planned_date_has_the_due_time_in_force(build: Any) -> None:
    problem = _city(build)
    d = dense(problem)
    assert d.due_by_date[:, 0, 0].tolist() == [5, 5, 1, 1, 1]
    assert d.due_days[0, 0] == 5
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_backlog_and_days_before_the_plan_fall_due_by_their_own_days_promise(build: Any) -> None:
    d = dense(_city(build))
    none_early = np.zeros((1, 1, 0, 3, 1))
    areas = build.area_map(1)
    old = opening_jobs(d, build.backlog_of(areas, "pothole", 1, age_days=3), none_early)  # 24 h, filed on the 5th
    new = opening_jobs(d, build.backlog_of(areas, "pothole", 1, age_days=1.5), none_early)  # 120 h, on the 6th
    assert np.flatnonzero(old[0, 0]).tolist() == [OVERDUE_BUCKETS - 1]
    assert np.flatnonzero(new[0, 0]).tolist() == [OVERDUE_BUCKETS + 3]
    early = np.zeros((1, 1, 3, 3, 1))
    early[0, 0, :, 0, 0] = [1, 2, 4]  # filed on the 5th, 6th and 7th, the first due on the 6th
    start = opening_jobs(d, build.backlog_of(areas, "pothole", 0), early)[0, 0, :, 0]
    assert start[[OVERDUE_BUCKETS - 1, OVERDUE_BUCKETS + 3, OVERDUE_BUCKETS + 4]].tolist() == [1, 2, 4]


def test_what_is_filed_under_the_shorter_promise_is_late_sooner(build: Any) -> None:
    d = dense(_city(build))
    arrivals = np.zeros((1, 1, 5, 3, 1))
    arrivals[0, 0, 0, 0] = 3  # under 120 h: due on the sixth date
    arrivals[0, 0, 2, 0] = 5  # under 24 h: due on the fourth
    nobody = np.zeros((5, 3, 1, 3, 1))
    late = simulate(d, Crewing(nobody, nobody), np.zeros((1, 1, buckets(d))), arrivals, np.ones(1)).late[0, 0, :, 0]
    assert late.tolist() == [0, 0, 0, 5, 5]
    duty, held = np.ones((5, 3, 1), dtype=bool), np.zeros((5, 3, 1, 3), dtype=np.int64)
    s = pool(d, np.zeros((1, 1, buckets(d))), arrivals, duty, held, np.ones(1))
    assert s.not_due[0, 0, 0].tolist() == [3, 3, 8, 3, 3]


def test_changes_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="listed by date, each date once"):
        QueueWork.model_validate({"due_hours": 24, "due_changes": CHANGES[::-1], "cost_per_late_day": 1})
