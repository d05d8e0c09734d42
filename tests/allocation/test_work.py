from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.dense import dense
from allocation.work import (
    OVERDUE_BUCKETS,
    arriving_jobs,
    bucket_of,
    jobs_per_request,
    minutes_per_job,
    opening_jobs,
    scale_for_unlocated,
)
from domain.category import Category
from domain.tables import BACKLOG


def test_requests_become_jobs_by_the_stated_conversion(build: Any) -> None:
    conversion = Category.model_validate(build.pothole).conversion
    assert jobs_per_request(conversion) == pytest.approx(0.85 / 1.15 * 1.1)


def test_work_is_scaled_up_by_the_unlocated_share() -> None:
    assert scale_for_unlocated(0.2) == pytest.approx(1.25)
    assert scale_for_unlocated(1.0) == pytest.approx(20), "a share of 1 says nothing and is capped"


def test_buckets_run_from_oldest_overdue_to_due_after_the_plan() -> None:
    due = np.array([-40, -28, -14, -7, -3, -1, 0, 1, 13, 14, 99])
    assert bucket_of(due, 14).tolist() == [0, 1, 2, 3, 4, 4, 5, 6, 18, 19, 19]


def _arrivals(build: Any, areas: Any, days: int, share: float, skip: int = 0) -> Any:
    plan = build.city_plan()
    paths = build.paths_of(plan, areas, days + skip, 30)
    d = dense(build.problem_of(plan, areas, days, skip=skip))
    return d, paths, arriving_jobs(d, paths, build.split(paths, (0.5, 0.3, 0.2)), {"pothole": share})


def test_arriving_jobs_keep_every_request_of_every_draw(build: Any) -> None:
    areas = build.area_map(4)
    d, paths, (jobs, early) = _arrivals(build, areas, 3, 0.2)
    factor = jobs_per_request(d.work[0].conversion) * 1.25
    np.testing.assert_allclose(jobs[0].sum(axis=(0, 1, 2)), paths.of("pothole").sum(axis=(0, 1)) * factor)
    assert early.shape[2] == 0


def test_days_before_the_plan_count_as_open_work(build: Any) -> None:
    areas = build.area_map(4)
    d, paths, (jobs, early) = _arrivals(build, areas, 3, 0.0, skip=2)
    opening = opening_jobs(d, build.backlog_of(areas, "pothole", 0), early)
    expected = paths.of("pothole")[:, :2].sum(axis=1) * jobs_per_request(d.work[0].conversion)
    np.testing.assert_allclose(opening[0].sum(axis=1), expected)
    assert jobs.shape[2] == 3


def test_paths_that_do_not_cover_the_plan_are_refused(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(2)
    paths = build.paths_of(plan, areas, 3, 5)
    for skip, days in ((0, 4), (3, 1)):
        d = dense(build.problem_of(plan, areas, days, skip=skip))
        with pytest.raises(ValueError, match="2024-01-08 to 2024-01-10, not all of"):
            arriving_jobs(d, paths, build.split(paths, (1.0, 0.0, 0.0)), {})


def test_a_source_of_counts_only_starts_without_backlog(build: Any) -> None:
    areas = build.area_map(2)
    d = dense(build.problem_of(build.city_plan(), areas, 2))
    empty = BACKLOG.empty().drop(columns="vintage_id")
    assert opening_jobs(d, empty, np.zeros((2, 2, 0, 3, 1))).sum() == 0


def test_backlog_without_an_area_is_spread_never_dropped(build: Any) -> None:
    areas = build.area_map(3)
    d = dense(build.problem_of(build.city_plan(), areas, 5))
    located = build.backlog_of(areas, "pothole", 6, area="a001")
    lost = build.backlog_of(areas, "pothole", 4, area="")
    none_early = np.zeros((2, 3, 0, 3, 1))
    opening = opening_jobs(d, pd.concat([located, lost], ignore_index=True), none_early)
    factor = jobs_per_request(d.work[0].conversion)
    np.testing.assert_allclose(opening[0].sum(axis=1), [0, 10 * factor, 0])
    alone = opening_jobs(d, lost, none_early)
    np.testing.assert_allclose(alone[0].sum(axis=1), np.full(3, 4 * factor / 3))


def test_stale_backlog_is_left_to_its_own_list(build: Any) -> None:
    areas = build.area_map(2)
    d = dense(build.problem_of(build.city_plan(), areas, 2))
    rows = build.backlog_of(areas, "pothole", 5)
    rows["is_stale"] = [True, True, False, False, False]
    opening = opening_jobs(d, rows, np.zeros((2, 2, 0, 3, 1)))
    assert opening[0].sum() == pytest.approx(3 * jobs_per_request(d.work[0].conversion))


def test_a_row_without_due_time_falls_due_by_the_categorys_hours(build: Any) -> None:
    areas = build.area_map(2)
    d = dense(build.problem_of(build.city_plan(), areas, 5))
    early = np.zeros((2, 2, 0, 3, 1))
    fresh = opening_jobs(d, build.backlog_of(areas, "pothole", 1, age_days=3), early)  # due 24 h after the origin's end
    old = opening_jobs(d, build.backlog_of(areas, "pothole", 1, age_days=6), early)  # two days overdue
    assert np.flatnonzero(fresh[0].sum(axis=0)).tolist() == [OVERDUE_BUCKETS + 1]
    assert np.flatnonzero(old[0].sum(axis=0)).tolist() == [OVERDUE_BUCKETS - 1]


def test_a_job_takes_fewer_minutes_where_stops_lie_closer(build: Any) -> None:
    d = dense(build.problem_of(build.city_plan(), build.area_map(4), 1))
    open_jobs = np.array([[0.2, 1.0, 2.0, 5.0, 9.0, 50.0]])
    minutes = minutes_per_job(d, 0, 0, 0, open_jobs, np.array([0]))[0]
    assert minutes[0] == minutes[1]
    assert (np.diff(minutes[1:5]) < 0).all()
    assert minutes[-1] >= d.further[0, 0]
