"""Rules on districts hold for what dispatch makes of a roster, not for the solver's recourse alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.candidates import Choice, choose_roster, longest_shift
from allocation.dense import dense
from allocation.dispatch import Tally, tally
from allocation.district_service import TOLERANCE, excess, rows_told, short_by, told_short
from allocation.given import Given
from allocation.plan import decide
from allocation.played import crewing, judged, left_until, limited, limits_from, stage
from allocation.roster_checks import checker
from allocation.roster_moves import Plan, made, moves
from allocation.simulated_cost import price_words
from allocation.solve import solve
from benchmarks.decisions.instances import Instance, Size, instance
from benchmarks.decisions.peers import surrogate
from domain.crew_rules import CrewRules, MinimumService

SIZE = Size(areas=6, days=4, yards=2, draws=8)


def _ruled(rules: CrewRules, load: float = 1.4) -> Instance:
    """An instance whose areas lie in two districts, with rules on them."""
    case = instance(SIZE, 3, load)
    districts = ("north", "north", "south", "south", "south", "south")
    sites = tuple(
        a.model_copy(update={"district": d}) for a, d in zip(case.dense.problem.areas, districts, strict=True)
    )
    return replace(case, dense=dense(case.dense.problem.model_copy(update={"areas": sites, "rules": rules})))


def _stage(case: Instance) -> Any:
    return stage(case.dense, case.held, case.duty, case.opening, case.arrivals, case.weight, 7, None)


def _chosen(case: Instance) -> Choice:
    sur = surrogate(case, None)
    around = (case.held, case.duty, case.opening, case.arrivals, case.weight, 7)
    return choose_roster(case.dense, solve(case.dense, sur), *around, search=checker(sur))


def _tally(case: Instance, crews: np.ndarray, hours: np.ndarray) -> Tally:
    s = _stage(case)
    return tally(case.dense, crewing(s, crews, hours), s.opening, s.arrivals)


def test_short_by_counts_what_dispatch_served_of_a_district_s_jobs() -> None:
    case = _ruled(CrewRules(minimum_service=(MinimumService(category="pothole", share=0.9),)))
    crews = longest_shift(case.dense, case.held)
    none = np.zeros_like(crews)
    nobody = short_by(case.dense, _tally(case, none, none.astype(float)), case.opening, case.arrivals, case.weight)
    assert rows_told(case.dense) == ("pothole served in north", "pothole served in south")
    assert nobody == pytest.approx([0.9, 0.9]), "nobody serves anything"
    all_there = short_by(case.dense, _tally(case, crews, none.astype(float)), case.opening, case.arrivals, case.weight)
    assert (all_there < nobody).all()
    assert "short in 2 of 2: pothole served in north by 0.90" in told_short(case.dense, nobody)
    assert "are kept" in told_short(case.dense, np.zeros(2))


def test_lateness_is_alike_where_each_district_has_the_city_s() -> None:
    case = _ruled(CrewRules(most_unequal_late_days=0.5))
    shape = (2, 6, 8)
    jobs = np.ones((2, 6, 1))
    filed = np.zeros_like(case.arrivals)
    late = np.zeros(shape)
    found = Tally(np.zeros(8), late, late, late, np.zeros((2, 8)))
    assert excess(case.dense, found, jobs, filed, case.weight) == pytest.approx([-0.5, -0.5])
    late[:, :2] = 3.0  # a third of the areas, 3 days late a job: 1 in the city
    assert excess(case.dense, found, jobs, filed, case.weight) == pytest.approx([1.5, -1.5])


@pytest.mark.parametrize(
    "rules",
    [
        CrewRules(minimum_service=(MinimumService(category="pothole", share=0.7),)),
        CrewRules(most_unequal_late_days=0.05),
    ],
)
def test_a_searched_roster_breaks_no_rule_on_districts_that_the_solver_s_keeps(rules: CrewRules) -> None:
    case = _ruled(rules)
    solved, chosen = solve(case.dense, surrogate(case, None)), _chosen(case).roster
    shorts = [
        short_by(case.dense, _tally(case, r.crews, r.overtime_hours), case.opening, case.arrivals, case.weight)
        for r in (solved, chosen)
    ]
    assert (shorts[1] <= shorts[0] + TOLERANCE).all()
    assert "rosters played" in chosen.entry.status, "it was searched"
    assert "rules on districts" in chosen.entry.status


def test_without_the_rule_the_search_leaves_a_district_shorter() -> None:
    """The control: else the test above could not fail."""
    case = _ruled(CrewRules(minimum_service=(MinimumService(category="pothole", share=0.7),)))
    solved, free = solve(case.dense, surrogate(case, None)), _chosen(_ruled(CrewRules())).roster
    shorts = [
        short_by(case.dense, _tally(case, r.crews, r.overtime_hours), case.opening, case.arrivals, case.weight)
        for r in (solved, free)
    ]
    assert (shorts[1] > shorts[0] + TOLERANCE).any()


def test_limits_from_a_later_date_part_the_same_rosters_as_limits_over_the_whole_plan() -> None:
    case = _ruled(CrewRules(most_unequal_late_days=0.2))
    crews = longest_shift(case.dense, case.held)
    hours = np.zeros(crews.shape)
    s = limited(_stage(case), crews, hours)
    opening = left_until(s, crews, hours, 0, s.opening, 2)
    start = Plan(crews, hours)
    tried = [made(case.dense, start, m) for m in moves(case.dense, start, np.array([2]))]
    both = np.stack([p.crews for p in tried]), np.stack([p.hours for p in tried])
    whole, part = judged(s, *both)[1] - s.limits, judged(s, *both, 2, opening)[1]
    np.testing.assert_allclose(part - limits_from(s, crews, hours, 2, opening), whole, atol=1e-9)


def test_a_plan_tells_what_its_rules_on_districts_cost(build: Any) -> None:
    plan, where = build.city_plan(rules={"minimum_service": [{"category": "pothole", "share": 0.3}]}), build.area_map(4)
    paths, problem = build.paths_of(plan, where, 4, 12, 1.5), build.problem_of(plan, where, 4)
    split, backlog = build.split(paths, (0.5, 0.3, 0.2)), build.backlog_of(where, "pothole", 24, age_days=6)
    entry = decide(Given(problem, paths, split, where, backlog, None, {}, 7)).chosen.roster.entry
    (told,) = [part for part in entry.status.split("; ") if part.startswith("rules on districts cost")]
    assert "simulated late days, overtime and contractors" in told
    assert "-" not in told


def test_a_price_is_told_only_where_the_draws_can_tell_it_from_nothing() -> None:
    weight = np.full(100, 0.01)
    luck = np.random.default_rng(4).normal(0.0, 100.0, 100)
    luck -= luck.mean()
    what = "simulated late days, overtime and contractors"
    assert price_words(luck + 300, weight, "USD") == f"cost 300 ± 10 USD of {what}"
    unsure = f"cost nothing that can be measured in {what} (two standard errors: 20 USD)"
    assert price_words(luck + 5, weight, "USD") == unsure, "less than two standard errors"
    assert price_words(luck - 2, weight, "USD") == unsure, "the search found better, or luck did"
    assert price_words(np.full(100, -2.0), weight, "USD") == f"cost nothing that can be measured in {what}"
    assert price_words(np.full(100, 8.0), weight, "USD") == f"cost 8 ± 0 USD of {what}"
