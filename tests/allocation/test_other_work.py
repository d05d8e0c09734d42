"""Readiness weighs the work its crews are taken from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocation.absence import present_share
from allocation.candidates import longest_shift
from allocation.capacity import net_capacity
from allocation.carried import carried
from allocation.dense import Dense, dense
from allocation.dispatch import Crewing, late_cost
from allocation.other_work import Ahead, left_undone, readiness_beside_work
from allocation.readiness import choose_readiness
from allocation.work import buckets

DRAWS, DAYS = 4, 5
WEIGHT = np.full(DRAWS, 1 / DRAWS)


def _ahead(build: Any, overdue: float) -> tuple[Dense, Ahead]:
    """Crews that patch and drain, a storm on the second day, and so many overdue potholes in each area."""
    plan, areas = build.city_plan(yards=build.yards(2, {"mixed": 2})), build.area_map(4)
    d = dense(build.problem_of(plan, areas, DAYS))
    requests = np.ones((4, DAYS, DRAWS))
    requests[2:, 1] = 8
    j = [w.category for w in d.work].index("pothole")
    opening = np.zeros((len(d.work), 4, buckets(d)))
    opening[j, :, 0] = overdue
    arrivals = np.zeros((len(d.work), 4, DAYS, len(d.minutes), DRAWS))
    duty = np.ones((DAYS, len(d.skilled), DRAWS), dtype=bool)
    return d, Ahead({"flooding": requests}, opening, arrivals, duty, WEIGHT, None)


def test_with_nothing_else_to_do_a_storm_is_readied_for_as_by_its_own_account(build: Any) -> None:
    d, ahead = _ahead(build, overdue=0.0)
    alone = choose_readiness(d, ahead.requests, WEIGHT, None)
    assert alone.held.any()
    assert np.array_equal(readiness_beside_work(d, ahead).held, alone.held)


def test_behind_a_long_backlog_nobody_is_held_where_that_leaves_dearer_work_undone(build: Any) -> None:
    d, ahead = _ahead(build, overdue=60.0)
    assert choose_readiness(d, ahead.requests, WEIGHT, None).held.any()
    ready = readiness_beside_work(d, ahead)
    assert not ready.held.any()
    assert ready.table["reason"].str.contains("holding crews would cost more than it saves").all()
    assert ready.expected_cost > 0, "what is then missed stays in the account"


def test_the_price_of_a_held_crew_is_the_late_days_it_leaves_elsewhere(build: Any) -> None:
    d, ahead = _ahead(build, overdue=60.0)
    held = choose_readiness(d, ahead.requests, WEIGHT, None).held
    h, y = (int(i) for i in np.argwhere(held.any(axis=(1, 3)))[0])
    lost = left_undone(d, held, ahead)
    one = np.zeros_like(held)
    one[h, :, y] = held[h, :, y]
    priced = carried(d, np.zeros_like(held), ahead.duty, ahead.opening, ahead.arrivals, WEIGHT)
    by_hand = _money(priced, one, ahead) - _money(priced, np.zeros_like(held), ahead)
    assert by_hand > 0
    assert lost[h, y] * held[h, :, y].sum() == pytest.approx(by_hand)
    assert (lost[~held.any(axis=(1, 3))] == 0).all()


def _money(d: Dense, held: np.ndarray, ahead: Ahead) -> float:
    there = ahead.duty[:, None, None] * present_share(d)[:, None, None, :, None]
    regular, standing = (net_capacity(d, c[..., None] * there) for c in (longest_shift(d, held), held))
    late = late_cost(d, Crewing(regular, standing), ahead.opening, ahead.arrivals, 0, is_closed=True)
    return float(late @ WEIGHT)
