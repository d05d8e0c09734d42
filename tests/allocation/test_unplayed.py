from __future__ import annotations

from typing import Any

from allocation.unplayed import unplayed_in_budget, unplayed_in_replay

RULES = {
    "pay": {"holiday_factor": 2.0}, "equipment": [{"name": "jet", "crew_types": ["mixed"], "number": 1}],
    "working_time": {"minimum_rest_hours": 10},
}  # fmt: skip


def test_a_city_without_rules_has_none_left_out(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(2), 3)
    assert unplayed_in_replay(problem) == unplayed_in_budget(problem) == ""


def test_rules_of_the_city_are_named(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "y", "crews": {"mixed": 1}}], rules=RULES)
    problem = build.problem_of(plan, build.area_map(2), 3)
    assert "call-out and holiday pay; rest and longest week; limits of equipment." in unplayed_in_budget(problem)
    assert "across the first day of each roster, and of crews that are moved" in unplayed_in_replay(problem)
    assert "equipment" not in unplayed_in_replay(problem)
