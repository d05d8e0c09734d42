"""The decision benchmark measures what it says it measures."""

from __future__ import annotations

import numpy as np
import pytest

from allocation import solve
from allocation.carried import carried
from allocation.dispatch import Crewing, late_cost
from benchmarks.decisions.cp_sat import cp_sat, has_cp_sat
from benchmarks.decisions.instances import Instance, Size, instance
from benchmarks.decisions.peers import (
    everybody,
    extensive,
    extensive_cost,
    greedy,
    model_cost,
    pooled,
    simulated,
    surrogate,
)
from benchmarks.decisions.solver import split

TINY = Size(areas=4, days=3, yards=2, draws=6)


@pytest.fixture(scope="module")
def case() -> Instance:
    return instance(TINY, 3)


def test_one_seed_gives_one_instance_and_another_a_different_one(case: Instance) -> None:
    again, other = instance(TINY, 3), instance(TINY, 4)
    np.testing.assert_array_equal(case.arrivals, again.arrivals)
    assert case.dense.problem == again.dense.problem
    assert not np.array_equal(case.arrivals, other.arrivals)


def test_no_roster_costs_less_in_the_extensive_form_than_its_own_best(case: Instance) -> None:
    best = extensive(case)
    floor = extensive_cost(case, best.crews, best.overtime_hours)
    assert floor == pytest.approx(best.entry.objective, rel=1e-3)
    for roster in (pooled(case, None), everybody(case), greedy(case)):
        assert extensive_cost(case, roster.crews, roster.overtime_hours) >= floor * (1 - 2 * solve.RELATIVE_GAP)


def test_the_greedy_rule_never_ends_dearer_than_it_began_on_its_own_draws(case: Instance) -> None:
    start, end = everybody(case), greedy(case)
    assert simulated(case, end.crews, end.overtime_hours) <= simulated(case, start.crews, start.overtime_hours) + 1e-6


@pytest.mark.skipif(not has_cp_sat(), reason="CP-SAT has an environment of its own: benchmarks/decisions/setup.sh")
def test_cp_sat_is_given_the_model_that_highs_is_given(case: Instance) -> None:
    s = surrogate(case, None)
    ours, theirs = solve.solve(case.dense, s), cp_sat(case, s, "CP-SAT", 60.0)
    assert theirs.crews is not None
    assert theirs.overtime is not None
    assert theirs.columns == ours.entry.columns
    rosters = (ours.crews, ours.overtime_hours), (theirs.crews, theirs.overtime)
    costs = [model_cost(s, *plan) for plan in rosters]
    assert costs[1] == pytest.approx(costs[0], rel=0.01)


def test_pooling_drops_no_backlog(case: Instance) -> None:
    s = surrogate(case, None)
    added = s.added.sum(axis=(1, 2, 3)) + s.day_added[..., -1].sum(axis=(1, 2))
    all_jobs = case.opening.sum() + case.arrivals[..., s.reduced.index].sum(axis=(0, 1, 2, 3))
    np.testing.assert_allclose(added, all_jobs)


def test_a_roster_is_judged_on_draws_that_no_method_saw() -> None:
    seen, fresh = split(TINY, 3)
    assert seen.arrivals.shape[-1] == TINY.draws
    assert seen.dense.problem == fresh.dense.problem
    for i in range(TINY.draws):
        assert not (fresh.arrivals == seen.arrivals[..., i : i + 1]).all(axis=(0, 1, 2, 3)).any()


def test_simulated_money_is_that_of_the_dispatch_rule_and_of_overtime(case: Instance) -> None:
    roster = everybody(case)
    nobody = np.zeros_like(roster.crews)
    none = np.zeros((*nobody.shape, TINY.draws))
    idle = late_cost(case.dense, Crewing(none, none), case.opening, case.arrivals, 0, is_closed=True)
    assert simulated(case, nobody, np.zeros(nobody.shape)) == pytest.approx(float(idle.mean()))
    hours = np.where(roster.crews > 0, 1.0, 0.0) * roster.crews
    assert simulated(case, roster.crews, hours) != simulated(case, roster.crews, np.zeros(hours.shape))


def test_both_sides_charge_late_work_at_the_end_as_a_plan_does() -> None:
    seen, fresh = split(TINY, 3)
    own = carried(seen.dense, seen.held, seen.duty, seen.opening, seen.arrivals, seen.weight)
    assert seen.dense.closing_days == fresh.dense.closing_days == own.closing_days
