"""Crews lent to another yard for a day: the plan made with them, and what a planner's button makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from allocation.compare import roster_frame
from allocation.given import Given
from allocation.locks import check_locks, with_locks
from allocation.moved_crews import with_moves
from allocation.plan import decide
from allocation.problem import Problem
from domain.draft import Changes, Move
from domain.errors import LockError, WhatIfError
from serving.web import changing

DAYS, TUESDAY = 4, date(2024, 1, 9)
LENT = {
    "date": TUESDAY, "crew_type": "patching", "yard": "yard 1", "shift": "day", "to_yard": "yard 2",
    "to_shift": "evening", "number": 1,
}  # fmt: skip
SLOT = ("2024-01-09", "day", "yard 1", "patching")


def move(**other: Any) -> Move:
    return Move.model_validate(LENT | other)


@pytest.fixture
def problem(build) -> Problem:
    return build.problem_of(build.city_plan(), build.area_map(4), DAYS)


def crews(problem: Problem, yard: str) -> tuple[int, ...]:
    return next((e.crews for e in problem.stationed if (e.yard, e.crew_type) == (yard, "patching")), ())


def test_a_crew_is_at_the_other_yard_on_that_day_alone(problem) -> None:
    after = with_moves(problem, [move()])
    assert (crews(after, "yard 1"), crews(after, "yard 2")) == ((2, 1, 2, 2), (2, 3, 2, 2))
    assert with_moves(problem, [move(to_yard="yard 1")]) == problem
    back = with_moves(after, [move(yard="yard 2", to_yard="yard 1", to_shift="day")])
    assert crews(back, "yard 1") == crews(problem, "yard 1")


def test_a_yard_without_such_crews_gets_them(build) -> None:
    yards = build.yards(2)
    yards[1]["crews"] = {"drainage": 1}
    after = with_moves(build.problem_of(build.city_plan(yards=yards), build.area_map(4), DAYS), [move()])
    assert crews(after, "yard 2") == (0, 1, 0, 0)


@pytest.mark.parametrize(
    "odd", [{"number": 3}, {"to_yard": "nowhere"}, {"to_shift": "night"}, {"date": date(2024, 3, 1)},
            {"crew_type": "none", "number": 1}],
)  # fmt: skip
def test_a_move_that_cannot_be_is_refused_by_name(problem, odd) -> None:
    with pytest.raises(WhatIfError) as found:
        with_moves(problem, [move(**odd)])
    assert "2024" in found.value.what
    assert found.value.remedy


def test_the_plan_works_with_the_crew_where_it_was_moved(build, problem) -> None:
    changes = changing.moved(Changes(), SLOT, ("yard 2", "evening"), 1, 2, 1)
    asked = with_locks(with_moves(problem, changes.moves), changes.locks)
    plan, where = build.city_plan(), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 12, 1.0)
    backlog = build.backlog_of(where, "pothole", 25, age_days=6)
    split = build.split(paths, (0.5, 0.3, 0.2))
    made = decide(Given(asked, paths, split, where, backlog, build.weather_of(paths, 60, 1), {}, 7))
    rows = roster_frame(made).set_index(["date", "shift", "yard", "crew_type"])["crews"]
    day = rows.index.levels[0][1]
    assert rows[day, "day", "yard 1", "patching"] == 1
    assert rows[day, "evening", "yard 2", "patching"] == 2
    both = sum(int(rows[day, shift, yard, "patching"]) for shift in ("day", "evening") for yard in ("yard 1", "yard 2"))
    assert both <= 4


def test_a_moved_crew_may_be_held_where_it_is_and_taking_it_back_frees_both_shifts(problem) -> None:
    changes = changing.moved(Changes(), SLOT, ("yard 2", "evening"), 1, 2, 2)
    with pytest.raises(LockError):
        check_locks(problem, changes.locks)
    check_locks(with_moves(problem, changes.moves), changes.locks)
    told = changing.listed(changes)
    assert told[0]["words"] == "Tue 9 Jan: 1 patching crew from yard 1, day to yard 2, evening"
    assert changing.without(changes, told[0]["key"]) == Changes()


def test_no_more_crews_are_moved_than_there_are() -> None:
    for to, number in ((("yard 2", "day"), 3), (("yard 1", "day"), 1), (("yard 2", "day"), 0)):
        with pytest.raises(WhatIfError):
            changing.moved(Changes(), SLOT, to, number, 2, 0)
