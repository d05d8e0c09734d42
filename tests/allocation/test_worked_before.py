"""Rest and the longest week look back at what crews worked before the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from allocation import rule_constraints, week_constraints
from allocation.constraints import columns
from allocation.dense import dense
from allocation.keep import last_roster
from allocation.problem import Posted, Problem, WorkedShift
from allocation.roster_checks import checker
from allocation.roster_rules import broken_rules, filled
from allocation.solve import solve
from allocation.surrogate import Surrogate
from allocation.worked_before import before, with_worked_before
from tests.allocation.ruled import holds, ruled


def _after(build: Any, worked: list[tuple[int, str, int, float]], **section: Any) -> Surrogate:
    """As `ruled`, with crews on shift before: days before the plan, shift, crews, overtime hours."""
    s = ruled(build, **section)
    problem = s.dense.problem
    shifts = tuple(
        WorkedShift(
            date=problem.dates[0] - timedelta(days=days), yard="y", shift=shift, crew_type="patching", crews=crews,
            overtime_hours=hours,
        )
        for days, shift, crews, hours in worked
    )  # fmt: skip
    d = dense(problem.model_copy(update={"worked_before": shifts}))
    return replace(s, dense=d)


def test_who_worked_the_evening_before_the_plan_does_not_work_its_first_day_shift(build: Any) -> None:
    s = _after(build, [(1, "evening", 1, 0.0)], days=2, rules={"working_time": {"minimum_rest_hours": 11}})
    c = columns(s)
    rows = rule_constraints.rest_between_shifts(s, c)
    assert not holds(rows, c, crews=[2, 0, 0, 0]).all(), "one of them was on until 23:00"
    assert holds(rows, c, crews=[1, 1, 1, 1]).all()
    crews = np.zeros((2, 2, 1, 1), dtype=np.int64)
    crews[0, 0] = 2
    hours = np.zeros(crews.shape)
    assert broken_rules(s, crews, hours) == ("rest_between_shifts",)
    assert not checker(s)(crews, hours)
    assert filled(s, np.zeros_like(crews), hours)[0, 0].sum() == 1
    early = _after(build, [(2, "evening", 2, 0.0), (1, "day", 2, 2.0)], days=2, rules=s.dense.problem.rules)
    assert holds(rule_constraints.rest_between_shifts(early, c), c, crews=[2, 0, 2, 0]).all()


def test_a_posted_roster_that_the_rules_forbid_by_now_is_not_kept_and_stops_nothing(build: Any) -> None:
    """Both crews were posted for the day shift and then worked the evening before."""
    s = _after(build, [(1, "evening", 2, 0.0)], days=2, rules={"working_time": {"minimum_rest_hours": 11}})
    on_day = Posted(yard="y", shift="day", crew_type="patching", crews=(2, 2))
    d = dense(s.dense.problem.model_copy(update={"posted": (on_day,)}))
    s, held = replace(s, dense=d), np.zeros((2, 2, 1, 1), dtype=np.int64)
    assert last_roster(d, s, held) is None
    assert solve(d, s).crews[0].ravel().tolist() == [0, 2]
    rested = dense(d.problem.model_copy(update={"worked_before": ()}))
    kept = last_roster(rested, replace(s, dense=rested), held)
    assert kept is not None
    assert kept.crews[0].ravel().tolist() == [2, 0]


def test_the_longest_week_counts_the_days_before_the_plan(build: Any) -> None:
    every_day = {"weekdays": [0, 1, 2, 3, 4, 5, 6]}
    town = {
        "days": 8,
        "crews": 1,
        "shifts": [build.shifts[0] | every_day | {"overtime_minutes": 120}, build.shifts[1] | every_day],
        "rules": {"working_time": {"longest_week_hours": 40}},
    }
    s = _after(build, [(days, "day", 1, 0.0) for days in (4, 3, 2)], **town)
    c = columns(s)
    rows = week_constraints.hours_within_longest_week(s, c)
    day = s.shift == 0

    def on(*dates: int) -> Any:
        return np.where(day & np.isin(s.source[:, 1], dates), 1, 0)

    assert holds(rows, c, crews=on(1, 2)).all(), "three before and two now are 40 h"
    assert not holds(rows, c, crews=on(0, 1, 2)).all(), "three before and three now are six shifts of 8 h"
    assert not holds(rows, c, crews=on(1, 2), overtime=on(2) * 0.5).all(), "0.5 h beyond 40 h"
    assert holds(rows, c, crews=on(3, 4, 5, 6)).all(), "those before lie outside by then"


def test_whole_shifts_of_the_longest_week_count_the_days_before_the_plan(build: Any) -> None:
    shifts = [shift | {"weekdays": [0, 1, 2, 3, 4, 5, 6], "overtime_minutes": 0} for shift in build.shifts[:2]]
    rules = {"working_time": {"longest_week_hours": 44}}
    worked = [(days, "day", 2, 0.0) for days in (4, 3, 2)]
    s = _after(build, worked, days=8, crews=2, shifts=shifts, rules=rules)
    crews = np.zeros((8, 2, 1, 1), dtype=np.int64)
    crews[[1, 2], 0] = 2
    assert broken_rules(s, crews, crews * 0.0) == (), "six before and four now: five each"
    crews[0, 0] = 1
    assert broken_rules(s, crews, crews * 0.0) == ("shifts_within_longest_week",), "88 h for both, but 48 h for one"


def test_what_was_worked_before_comes_from_the_last_roster_and_from_what_it_knew(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(2), 3)
    first = problem.dates[0]
    roster = pd.DataFrame(
        {
            "date": pd.to_datetime([first - timedelta(days=d) for d in (2, 1, 1, 0)]),
            "shift": ["day", "day", "evening", "day"],
            "yard": ["yard 1", "yard 1", "gone", "yard 1"],
            "crew_type": "patching",
            "crews": [2, 0, 1, 2],
            "on_readiness": [0, 1, 0, 0],
            "overtime_hours": [1.5, 0.0, 0.0, 0.0],
        }
    )
    earlier = [
        WorkedShift(date=first - timedelta(days=d), yard="yard 1", shift="evening", crew_type="patching", crews=1,
                    overtime_hours=0.0) for d in (8, 7)
    ]  # fmt: skip
    found = with_worked_before(problem, roster, earlier)
    crews, hours = before(found)
    assert crews[:, :, 0, 0].tolist() == [[0, 1, 0], *([[0, 0, 0]] * 4), [2, 0, 0], [1, 0, 0]]
    assert hours[:, 0, 0].tolist() == [8, 0, 0, 0, 0, 17.5, 8]
    assert crews.sum() == 4
    assert Problem.model_validate_json(found.model_dump_json()) == found
    assert "worked_before" not in problem.model_dump_json(), "nothing changes where nothing is known"
