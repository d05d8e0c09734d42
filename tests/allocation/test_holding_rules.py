"""No more crews are held ready than rules on machines, rest and the longest week allow, and the plan says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.dense import dense
from allocation.evaluate.levels import CALL_IN, called_in
from allocation.given import Given
from allocation.plan import decide
from allocation.readiness import Readiness, choose_readiness, districts
from allocation.roster_rules import broken_rules
from allocation.without_work import without_work
from domain.lock import Lock

DRAWS, DAYS = 6, 5
ONE_JETTER = {"equipment": [{"name": "jetter", "crew_types": ["drainage", "mixed"], "number": 1}]}
SHORT_WEEK = {"working_time": {"longest_week_hours": 12}}
LONG_REST = {"working_time": {"minimum_rest_hours": 14}}


def _storms(build: Any, rules: dict[str, Any], days: tuple[int, ...], **section: Any) -> tuple[Any, Readiness]:
    """Storms over both districts of a city with three drainage crews and a mixed one a yard."""
    plan = build.city_plan(yards=build.yards(2, {"drainage": 3, "mixed": 1}), rules=rules, **section)
    d = dense(build.problem_of(plan, build.area_map(4), DAYS))
    requests = np.ones((4, DAYS, DRAWS))
    requests[:, list(days)] = 12
    usual = {"flooding": np.full(2, 2.0)}
    return d, choose_readiness(d, {"flooding": requests}, np.full(DRAWS, 1 / DRAWS), None, usual)


@pytest.mark.parametrize(
    ("rules", "days", "name"),
    [
        (ONE_JETTER, (1, 3), "equipment within number"),
        (SHORT_WEEK, (1, 2, 3), "shifts within longest week"),
    ],
)
def test_crews_held_ready_keep_the_rules_by_themselves(
    build: Any, rules: dict[str, Any], days: tuple[int, ...], name: str
) -> None:
    d, ready = _storms(build, rules, days)
    assert broken_rules(without_work(d), ready.held, np.zeros(ready.held.shape)) == ()
    assert ready.held.any(), "as many as the rule leaves"
    _, wild = _storms(build, {}, days)
    assert broken_rules(without_work(d), wild.held, np.zeros(wild.held.shape)), "the control: without it more are held"
    told = " ".join(ready.table["reason"])
    assert f"'{name}'" in told.split("would pay, but ")[1]
    assert f"'{name}'" in " ".join(ready.ruled_out)
    assert not wild.ruled_out


def test_who_is_locked_on_the_evening_is_not_held_the_next_morning_without_rest(build: Any) -> None:
    shifts = [build.shifts[0], build.shifts[1] | {"overtime_minutes": 0}, build.shifts[2]]
    locks = [
        Lock(date="2024-01-08", shift="evening", yard=f"yard {y}", crew_type="drainage", crews=3)  # type: ignore[arg-type]
        for y in (1, 2)
    ]
    kept = {"locks": [lock.model_dump(mode="json", exclude_none=True) for lock in locks], "shifts": shifts}
    d, ready = _storms(build, LONG_REST, (1,), **kept)
    _, wild = _storms(build, {}, (1,), **kept)
    assert wild.held[1, :, :, 1].sum() > 0 == ready.held[1, :, :, 1].sum(), "drainage crews had 8 hours"
    assert broken_rules(without_work(d), ready.held + d.low, np.zeros(ready.held.shape)) == ()
    assert "'rest between shifts'" in " ".join(ready.ruled_out)


def test_a_yard_with_too_few_crews_is_not_told_as_a_rule(build: Any) -> None:
    _, ready = _storms(build, {"equipment": [{"name": "jetter", "crew_types": ["drainage"], "number": 99}]}, (1,))
    assert ready.ruled_out == ()


def test_the_plan_keeps_the_machines_with_held_crews_and_its_status_names_the_level_not_held(build: Any) -> None:
    plan = build.city_plan(yards=build.yards(2, {"patching": 1, "drainage": 2, "mixed": 1}), rules=ONE_JETTER)
    areas = build.area_map(4)
    paths = build.paths_of(plan, areas, DAYS, DRAWS)
    samples = paths.samples.copy()
    samples[[c.category for c in plan.categories].index("flooding"), :, 1] += 30
    paths = replace(paths, samples=samples)
    problem, backlog = build.problem_of(plan, areas, DAYS), build.backlog_of(areas, "pothole", 10)
    made = decide(Given(problem, paths, build.split(paths, (0.6, 0.4, 0.0)), areas, backlog, None, {}, 7))
    out = made.chosen.roster.crews + made.ready.held
    assert made.ready.held[1].sum() == 1
    assert out[..., 1:].sum(axis=(1, 2, 3)).max() == 1, "one jetter, one crew a day"
    told = made.chosen.roster.entry.status.split("levels of readiness that would pay and that rules let nobody hold: ")
    assert len(told) == 2
    table = made.ready.table
    (none_held,) = table[(table["date"].astype(str) == "2024-01-09") & (table["crews"] == 0)]["district"]
    assert told[1].count(f"storm in {none_held} on 2024-01-09 for 'equipment within number'") == 1


def test_a_call_in_on_the_day_keeps_the_machines_too(build: Any) -> None:
    d, _ = _storms(build, ONE_JETTER, (1,))
    level, held = called_in(d, np.full((2, len(districts(d))), CALL_IN), 1)
    assert held.sum() == 1
    assert level.max() < CALL_IN
