from __future__ import annotations

from typing import Any

from allocation.unplayed import unplayed_rules

SLOW = {
    "name": "slow", "skill": "patching", "rain_from_mm": 5, "minutes_factor": {"value": 1.8, "basis": "assumed"},
}  # fmt: skip


def test_a_city_without_rules_has_none_left_out(build: Any) -> None:
    assert unplayed_rules(build.problem_of(build.city_plan(), build.area_map(2), 3)) == ""


def test_rules_of_the_city_are_named(build: Any) -> None:
    rules = {"pay": {"holiday_factor": 2.0}, "equipment": [{"name": "jet", "crew_types": ["mixed"], "number": 1}]}
    plan = build.city_plan(yards=[{"name": "y", "crews": {"mixed": 1}}], weather_rules=[SLOW], rules=rules)
    told = unplayed_rules(build.problem_of(plan, build.area_map(2), 3))
    assert "weather rules, call-out and holiday pay, limits of equipment." in told
    assert "weather" not in unplayed_rules(build.problem_of(plan, build.area_map(2), 3), weather_is_played=True)
