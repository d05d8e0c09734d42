from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.evaluate.jobs import bucketed
from allocation.evaluate.moves import move_to_overdue
from allocation.evaluate.stations import by_expected_cost, by_share, largest_remainders
from allocation.evaluate.workload import load, scale_for, scaled
from allocation.work import buckets


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 20))
def test_largest_remainders_place_every_crew(weights: list[float], total: int) -> None:
    share = np.array(weights) + 1e-3
    whole = largest_remainders(share / share.sum(), total)
    assert whole.sum() == total
    assert (np.abs(whole - share / share.sum() * total) < 1 + 1e-6).all()


@given(st.integers(0, 500))
@settings(max_examples=8)
def test_placing_crews_never_makes_or_loses_one(build: Any, town: Any, seed: int) -> None:
    one = town(build, seed, mean=0.8, busy=(0,))
    dense = one.loaded.windows.dense(one.problem.dates[0], 14, one.loaded.stations)
    opening, _ = bucketed(dense, one.open, one.problem.dates[0].toordinal())
    ahead = one.loaded.believed(one.ahead(0))
    total = np.array(one.loaded.stations).sum(axis=0)
    placed = by_expected_cost(dense, one.loaded.stations, opening, ahead.arrivals, ahead.weight)
    assert (np.array(placed).sum(axis=0) == total).all()
    shared = by_share(dense, one.loaded.stations, one.past.mean(axis=2))
    assert (np.array(shared).sum(axis=0) == total).all()


def test_crews_stand_where_the_work_is(build: Any, town: Any) -> None:
    one = town(build, 1, mean=0.4)
    dense = one.loaded.windows.dense(one.problem.dates[0], 14, one.loaded.stations)
    arrivals = np.zeros((2, 6, 14, 3, 2))
    nearest = dense.drive.argmin(axis=0)
    arrivals[:, nearest == 1] = 3.0
    placed = np.array(
        by_expected_cost(dense, one.loaded.stations, np.zeros((2, 6, buckets(dense))), arrivals, np.full(2, 0.5))
    )
    assert (placed[1] > placed[0]).all()


def test_a_crew_moves_to_the_yard_whose_overdue_work_its_own_crews_cannot_do(build: Any, town: Any) -> None:
    one = town(build, 1)
    dense = one.loaded.windows.dense(one.problem.dates[1], 8, one.loaded.stations)
    opening = np.zeros((2, 6, buckets(dense)))
    opening[0, dense.drive.argmin(axis=0) == 1, 0] = 40.0
    crews = np.zeros((3, 2, 3), dtype=np.int64)
    crews[0] = np.array(one.loaded.stations)
    hours = np.zeros(crews.shape)
    morning = move_to_overdue(dense, crews, hours, opening)
    assert morning.moved > 0
    assert (morning.crews.sum(axis=(0, 1)) == crews.sum(axis=(0, 1))).all()
    assert morning.crews[:, 1, 0].sum() > crews[:, 1, 0].sum()
    assert move_to_overdue(dense, crews, hours, np.zeros_like(opening)).moved == 0


def test_jobs_are_scaled_until_the_load_is_reached_and_a_late_request_costs_the_same(build: Any, town: Any) -> None:
    one = town(build, 1)
    daily = one.past.mean(axis=2) * one.loaded.each[:, None]
    factor = scale_for(one.dense, daily, 1.2)
    assert abs(load(one.dense, daily * factor) - 1.2) < 1e-6
    more = scaled(one.problem, dict.fromkeys(one.loaded.everyday, factor))
    before, after = one.problem.work[0].conversion, more.work[0].conversion
    assert np.isclose(before.requests_per_job.value / after.requests_per_job.value, factor)
