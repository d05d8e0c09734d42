"""A searched roster costs no more than what it starts from, and keeps every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from allocation.candidates import choose_roster, longest_shift
from allocation.capacity import present
from allocation.carried import LEAST_DAYS, MOST_DAYS, carried, days_still_late
from allocation.dense import dense
from allocation.dispatch import late_cost
from allocation.fairness import weighted
from allocation.fairness_rule import FairnessRule
from allocation.locks import with_locks
from allocation.played import costs, left_until, on_draws, stage
from allocation.posted import change_cost
from allocation.roster_checks import checker
from allocation.roster_cost import is_hired, overtime_money
from allocation.roster_moves import Plan, made, moves
from allocation.roster_search import Scene, improved
from allocation.solve import solve
from allocation.surrogate import pool
from allocation.value import crewing_of
from allocation.work import buckets
from benchmarks.decisions.instances import Instance, Size, instance
from benchmarks.decisions.peers import surrogate
from domain.crew_rules import CrewRules, Equipment, PayRules, WorkingTime
from domain.lock import Lock

SIZE = Size(areas=6, days=4, yards=2, draws=8)


@pytest.fixture(scope="module")
def case() -> Instance:
    return instance(SIZE, 3, load=1.2)


def _stage(case: Instance) -> Any:
    return stage(case.dense, case.held, case.duty, case.opening, case.arrivals, case.weight, 7, None)


def _simple(case: Instance) -> Plan:
    crews = longest_shift(case.dense, case.held)
    return Plan(crews, np.zeros(crews.shape))


def _ruled(case: Instance, **change: Any) -> Instance:
    return replace(case, dense=dense(case.dense.problem.model_copy(update=change)))


def test_many_rosters_at_once_cost_what_each_costs_alone(case: Instance) -> None:
    s, start = _stage(case), _simple(case)
    tried = [made(s.dense, start, m) for m in moves(s.dense, start, np.array([1]))][:5]
    together = costs(s, np.stack([p.crews for p in tried]), np.stack([p.hours for p in tried]))
    for plan, money in zip(tried, together, strict=True):
        there = present(s.dense, plan.crews, case.duty, 7, "regular")
        alone = crewing_of(s.dense, there, np.zeros(there.shape), plan.crews, plan.hours)
        late = late_cost(s.dense, alone, case.opening, case.arrivals, 0, is_closed=True)
        assert money == pytest.approx(float(late @ case.weight) + overtime_money(s.dense, plan.hours))


def test_a_day_s_change_is_worth_the_same_played_from_that_day_on(case: Instance) -> None:
    s, start = _stage(case), _simple(case)
    opening = left_until(s, start.crews, start.hours, 0, s.opening, 2)
    for move in list(moves(s.dense, start, np.array([2])))[:4]:
        pair = [start, made(s.dense, start, move)]
        crews, hours = np.stack([p.crews for p in pair]), np.stack([p.hours for p in pair])
        whole, part = costs(s, crews, hours), costs(s, crews, hours, 2, opening)
        assert part[0] - part[1] == pytest.approx(whole[0] - whole[1], abs=1e-6)


@pytest.mark.parametrize("played", [0, 30, 300])
def test_a_search_never_ends_dearer_than_any_of_its_starts(case: Instance, played: int) -> None:
    s, solved = _stage(case), solve(case.dense, surrogate(case, None))
    starts = [Plan(solved.crews, solved.overtime_hours), _simple(case)]
    found, count = improved(Scene(s, s), starts, checker(surrogate(case, None)), played)
    again, _ = improved(Scene(s, s), starts, checker(surrogate(case, None)), played)
    np.testing.assert_array_equal(found.crews, again.crews)
    money = costs(s, *(np.stack([getattr(p, f) for p in (found, *starts)]) for f in ("crews", "hours")))
    assert money[0] <= money[1:].min() + 1e-6
    assert count <= played + 20, "bundles of moves may go beyond what was asked"
    if played == 300:
        assert money[0] < money[1:].min() - 1, "there is something to be saved here"


@pytest.mark.parametrize("seed", [5, 8, 10])
def test_what_saves_on_few_draws_alone_is_not_made(seed: int) -> None:
    """The best of many moves on three draws is dearer on forty here; a bundle must save on those too."""
    many = instance(replace(SIZE, draws=40), seed, load=1.2)
    s, solved, allowed = _stage(many), solve(many.dense, surrogate(many, None)), checker(surrogate(many, None))
    few, start = on_draws(s, np.arange(3), np.full(3, 1 / 3)), Plan(solved.crews, solved.overtime_hours)
    flattered, sound = (improved(Scene(few, more), [start], allowed, 200)[0] for more in (few, s))
    before, misled, after = (float(costs(s, p.crews[None], p.hours[None])[0]) for p in (start, flattered, sound))
    assert after < before - 1 < misled


RULES = CrewRules(
    pay=PayRules(minimum_call_out_minutes=90),
    working_time=WorkingTime(minimum_rest_hours=10, longest_week_hours=40),
    equipment=(Equipment(name="mixer", crew_types=("patching",), number=3),),
)


def test_a_searched_roster_keeps_locks_and_rules(case: Instance) -> None:
    day = case.dense.problem.dates[1]
    lock = Lock(date=day, yard="yard 1", shift="evening", crew_type="patching", crews=1)
    ruled = _ruled(case, rules=RULES)
    ruled = replace(ruled, dense=dense(with_locks(ruled.dense.problem, [lock])))
    s, sur = _stage(ruled), surrogate(ruled, None)
    solved, allowed = solve(ruled.dense, sur), checker(sur)
    start = Plan(solved.crews, solved.overtime_hours)
    assert allowed(start.crews, start.hours), "the solver's own roster keeps them"
    found, _ = improved(Scene(s, s), [start], allowed, 200)
    assert allowed(found.crews, found.hours)
    assert found.crews[1, 1, 0, 0] == 1
    assert (found.crews[..., 0].sum(axis=(1, 2)) <= 3).all()
    assert (found.crews.sum(axis=1) <= ruled.dense.available).all()


def test_the_checker_names_no_roster_sound_that_breaks_a_rule(case: Instance) -> None:
    ruled = _ruled(case, rules=RULES)
    allowed, plain = checker(surrogate(ruled, None)), _simple(ruled)
    assert not allowed(plain.crews, plain.hours), "four crews want three mixers"
    free = checker(surrogate(case, None))
    assert free(plain.crews, plain.hours)
    assert not free(plain.crews * 2, plain.hours)
    assert not free(plain.crews, plain.hours + 1.0), "overtime on shifts without crews"


def test_what_is_published_costs_no_more_than_the_solver_s_roster_and_says_by_how_much(case: Instance) -> None:
    sur = surrogate(case, None)
    given = (case.dense, solve(case.dense, sur), case.held, case.duty, case.opening, case.arrivals, case.weight, 7)
    chosen = choose_roster(*given, search=checker(sur))
    entry = chosen.roster.entry
    assert chosen.cost <= min(chosen.solved_cost, chosen.simple_cost)
    assert entry.saved_against_solver == pytest.approx(1 - chosen.cost / chosen.solved_cost, abs=1e-6)
    assert entry.published in ("search", "solver", "longest shift")
    assert "rosters played" in entry.status
    left = choose_roster(*given, search="not asked for").roster.entry
    assert "not searched: not asked for" in left.status


def test_rosters_are_told_by_the_same_money_with_the_price_of_changes_beside_it(case: Instance) -> None:
    """Against a last roster of nobody, every crew-shift is a change."""
    d = replace(case.dense, posted=np.zeros(case.held.shape), change_price=np.full(len(case.dense.problem.dates), 10.0))
    sur, solved = surrogate(case, None), solve(case.dense, surrogate(case, None))
    chosen = choose_roster(
        d, solved, case.held, case.duty, case.opening, case.arrivals, case.weight, 7, search=checker(sur)
    )
    of, simple = (change_cost(d, crews, case.held) for crews in (solved.crews, longest_shift(d, case.held)))
    told = chosen.roster.entry.status
    assert f"simulated cost {chosen.solved_cost:,.0f} and {of:,.0f} for changes against " in told
    assert f"against {chosen.simple_cost:,.0f} and {simple:,.0f} for changes for every crew" in told
    assert chosen.roster.entry.published == "search"
    assert f"found one of {chosen.cost:,.0f} and {chosen.change:,.0f} for changes on all" in told


def test_work_carried_over_the_end_costs_more_days_the_less_crews_have_left(case: Instance) -> None:
    days = []
    for load in (0.3, 0.9, 1.5):
        one = instance(SIZE, 3, load)
        days.append(carried(one.dense, one.held, one.duty, one.opening, one.arrivals, one.weight).closing_days)
    assert days == sorted(days)
    assert days[0] == LEAST_DAYS
    assert days[-1] == MOST_DAYS


def test_what_all_late_work_is_charged_rises_by_what_one_job_more_is_charged() -> None:
    """The plan prices one late minute more at late ÷ spare days; the account charges the whole triangle."""
    spare, late, more = 100.0, 2000.0, 1e-3
    whole, after = (minutes * days_still_late(minutes, spare) for minutes in (late, late + more))
    assert (after - whole) / more == pytest.approx(late / spare, rel=1e-4)
    assert days_still_late(0.0, spare) == 0.0
    assert days_still_late(1.0, spare) == LEAST_DAYS
    assert days_still_late(late, 0.0) == days_still_late(late, -50.0) == MOST_DAYS
    long = [days_still_late(minutes, spare) for minutes in (2799.9, 2800.1, 28_000.0)]
    assert long[:2] == pytest.approx([MOST_DAYS / 2] * 2, rel=1e-3)
    assert long[1] < long[2] < MOST_DAYS


CONTRACTOR = {
    "name": "Millrace", "yard": "yard 2", "crews": 2, "skills": {"patching": 40}, "mobilisation_fee": 300,
    "minimum_order_jobs": 16, "jobs_per_shift": {"value": 8, "basis": "expert"},
}  # fmt: skip


@pytest.mark.parametrize(("price", "ordered"), [(20, True), (900, False)])
def test_contractors_are_ordered_where_they_pay_and_not_elsewhere(build: Any, price: float, ordered: bool) -> None:
    d = dense(build.problem_of(build.city_plan(contractors=[CONTRACTOR | {"price": price}]), build.area_map(4), 4))
    hired = int(np.flatnonzero(is_hired(d))[0])
    opening, draws = np.zeros((len(d.work), 4, buckets(d))), 3
    opening[[w.category for w in d.work].index("pothole"), :, 0] = 60.0
    arrivals, weight = np.zeros((len(d.work), 4, 4, len(d.minutes), draws)), np.full(draws, 1 / draws)
    held, duty = np.zeros((*d.worked.shape, len(d.skilled)), dtype=np.int64), np.ones((4, len(d.skilled), draws), bool)
    allowed = checker(pool(d, opening, arrivals, duty, held, weight))
    start = Plan(longest_shift(d, held), np.zeros(held.shape))
    if not ordered:
        start.crews[:, 0, 1, hired] = 2
    assert allowed(start.crews, start.hours)
    s = stage(d, held, duty, opening, arrivals, weight, 7, None)
    found, _ = improved(Scene(s, s), [start], allowed)
    assert allowed(found.crews, found.hours)
    assert found.crews[..., hired].any() == ordered
    money = costs(s, np.stack([found.crews, start.crews]), np.stack([found.hours, start.hours]))
    assert money[0] < money[1]
    own = ~is_hired(d)
    assert (found.crews[..., own].sum(axis=1) == start.crews[..., own].sum(axis=1)).all(), "own crews are none fewer"


def test_a_contractor_paid_by_the_job_works_no_overtime(build: Any) -> None:
    """It has no wage, so hours beyond its shift would look free: solver, search and checks know none."""
    shifts = [s | {"overtime_minutes": 60} for s in build.shifts]
    firm = CONTRACTOR | {"price": 20, "minimum_order_jobs": 0}
    d = dense(build.problem_of(build.city_plan(contractors=[firm], shifts=shifts), build.area_map(4), 4))
    hired = int(np.flatnonzero(is_hired(d))[0])
    opening, draws = np.zeros((len(d.work), 4, buckets(d))), 3
    opening[[w.category for w in d.work].index("pothole"), :, 0] = 90.0
    arrivals, weight = np.zeros((len(d.work), 4, 4, len(d.minutes), draws)), np.full(draws, 1 / draws)
    held, duty = np.zeros((*d.worked.shape, len(d.skilled)), dtype=np.int64), np.ones((4, len(d.skilled), draws), bool)
    pooled = pool(d, opening, arrivals, duty, held, weight)
    solved, allowed = solve(d, pooled), checker(pooled)
    assert solved.crews[..., hired].any()
    assert solved.overtime_hours[..., hired].sum() == 0 < solved.overtime_hours.sum()
    assert allowed(solved.crews, solved.overtime_hours)
    more = solved.overtime_hours.copy()
    more[(*np.argwhere(solved.crews[..., hired])[0], hired)] = 0.5
    assert not allowed(solved.crews, more)
    s, start = stage(d, held, duty, opening, arrivals, weight, 7, None), Plan(solved.crews, solved.overtime_hours)
    found, _ = improved(Scene(s, s), [start], allowed)
    assert found.hours[..., hired].sum() == 0


def test_under_a_fairness_rule_rosters_are_searched_by_the_weighed_money_and_told_in_plain(case: Instance) -> None:
    areas = [a.area for a in case.dense.problem.areas]
    factors = {"pothole": tuple(1.5 if i else 1.0 for i in range(len(areas)))}
    rule = FairnessRule(mode="weight", floor=0.0, factors=factors, switched_on_by="R. Example", date=date(2024, 1, 2))
    fair = _ruled(case, fairness=rule)
    assert fair.dense.is_fair
    sur = weighted(fair.dense, surrogate(fair, None), fair.arrivals)
    given = (fair.held, fair.duty, fair.opening, fair.arrivals, fair.weight, 7)
    solved = solve(fair.dense, sur)
    chosen = choose_roster(fair.dense, solved, *given, search=checker(sur))
    left = choose_roster(fair.dense, solved, *given, search="not asked for")
    assert "rosters played" in chosen.roster.entry.status

    def money(choice: Any, weighed: bool) -> float:
        late = late_cost(
            fair.dense, choice.crewing, fair.opening, fair.arrivals, 0, is_closed=True,
            is_weighed=weighed,
        )  # fmt: skip
        return float(late @ fair.weight) + overtime_money(fair.dense, choice.roster.overtime_hours)

    assert money(chosen, True) <= money(left, True) + 1e-6
    assert money(chosen, True) > money(chosen, False)
    assert chosen.cost == pytest.approx(money(chosen, False))
