"""More crews or fewer: whose they are, where they go, and that a contractor's are never taken for the city's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocation.crew_changes import crew_change, with_crews
from allocation.locks import check_locks
from allocation.problem import Problem
from configs.locks import inline_lock
from domain.errors import WhatIfError

MILLRACE: dict[str, Any] = {
    "name": "Millrace",
    "yard": "yard 1",
    "crews": 2,
    "skills": {"patching": 40},
    "notice_days": 3,
    "price": 50,
    "jobs_per_shift": {"value": 8, "basis": "assumed"},
}


def _problem(build: Any, **section: Any) -> Problem:
    plan = build.city_plan(categories=[build.pothole], types=build.types[:1], yards=build.yards(1, {"patching": 1}),
                           **{"contractors": [MILLRACE]} | section)  # fmt: skip
    found: Problem = build.problem_of(plan, build.area_map(2), 4)
    return found


def _changed(problem: Problem, text: str) -> tuple[dict[str, tuple[int, ...]], str]:
    after, told = with_crews(problem, crew_change(text), {"pothole": np.ones(2)})
    return {e.crew_type: e.crews for e in after.stationed}, told


def test_more_crews_for_a_category_are_the_citys_own_though_a_contractor_has_no_wage(build: Any) -> None:
    crews, told = _changed(_problem(build), "pothole=+2")
    assert told == "+2 patching at yard 1"
    assert crews == {"patching": (3, 3, 3, 3), "Millrace": (0, 0, 2, 2)}


def test_one_crew_less_is_the_citys_own(build: Any) -> None:
    crews, told = _changed(_problem(build), "pothole=-1")
    assert told == "-1 patching at yard 1"
    assert crews == {"patching": (0, 0, 0, 0), "Millrace": (0, 0, 2, 2)}


@pytest.mark.parametrize(("text", "left"), [("yard 1/Millrace=-1", 1), ("yard 1/Millrace=+1", 3)])
def test_a_contractors_crews_change_only_on_the_days_after_its_notice(build: Any, text: str, left: int) -> None:
    crews, _ = _changed(_problem(build), text)
    assert crews["Millrace"] == (0, 0, left, left)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pothole=-2", "all yards together have 1 crew of 'patching'"),
        ("yard 1/patching=-2", "'yard 1' has 1 crew of 'patching'"),
        ("yard 1/Millrace=-3", "'yard 1' has 2 crews of 'Millrace'"),
    ],
)
def test_fewer_crews_than_none_are_refused_with_how_many_there_are(build: Any, text: str, words: str) -> None:
    with pytest.raises(WhatIfError, match=words):
        _changed(_problem(build), text)


def test_work_that_contractors_alone_do_names_the_contractor_to_change(build: Any) -> None:
    problem = _problem(build)
    own = tuple(e for e in problem.crew_types if e.contract)
    with pytest.raises(WhatIfError, match="contractors alone work on 'pothole'") as caught:
        _changed(problem.model_copy(update={"crew_types": own}), "pothole=+1")
    assert "YARD/Millrace=+1" in caught.value.remedy


def test_a_contractor_without_a_day_in_the_plan_cannot_be_changed(build: Any) -> None:
    problem = _problem(build, contractors=[MILLRACE | {"notice_days": 30}])
    with pytest.raises(WhatIfError, match="'Millrace' at 'yard 1' can be ordered on no planned day"):
        _changed(problem, "yard 1/Millrace=+1")


def test_crews_that_a_lock_needs_are_not_those_taken_away(build: Any) -> None:
    """The first yard has least work a crew, and would give one; its crews are locked."""
    plan = build.city_plan(categories=[build.pothole], types=build.types[:1], yards=build.yards(2, {"patching": 2}))
    problem = build.problem_of(plan, build.area_map(4), 4)
    near = np.array(problem.yards[0].drive, dtype=float) < np.array(problem.yards[1].drive, dtype=float)
    requests = {"pothole": np.where(near, 1.0, 9.0)}
    lock = inline_lock(f"{problem.dates[1]} day 'yard 1' patching=2")
    assert with_crews(problem, crew_change("pothole=-1"), requests)[1] == "-1 patching at yard 1"
    after, told = with_crews(problem, crew_change("pothole=-1"), requests, [lock])
    assert told == "-1 patching at yard 2"
    check_locks(after, [lock])
    for text, words in (
        ("pothole=-3", "--crews pothole=-3: all yards together have 4 crews of 'patching', of which locks need 2"),
        ("yard 1/patching=-1", "--crews yard 1/patching=-1: 'yard 1' has 2 crews of 'patching', of which locks need 2"),
    ):
        with pytest.raises(WhatIfError) as caught:
            with_crews(problem, crew_change(text), requests, [lock])
        assert words in str(caught.value)
        assert "lift a lock" in caught.value.remedy


@pytest.mark.parametrize("text", ["yard 1/patching=-1", "pothole=-1"])
def test_a_day_without_crews_at_a_yard_that_works_has_none_to_take_away(build: Any, text: str) -> None:
    problem = _problem(build)
    stationed = (problem.stationed[0].model_copy(update={"crews": (2, 0, 2, 2)}), *problem.stationed[1:])
    problem = problem.model_copy(update={"stationed": stationed})
    with pytest.raises(WhatIfError) as caught:
        _changed(problem, text)
    assert "2 crews of 'patching', on the days of fewest crews only 0" in str(caught.value)
    assert "lock" not in str(caught.value) + caught.value.remedy
    assert _changed(problem, "yard 1/patching=+1")[0]["patching"] == (3, 1, 3, 3)


def test_many_crews_for_a_category_are_counted_yard_by_yard(build: Any) -> None:
    plan = build.city_plan(categories=[build.pothole], types=build.types[:1], yards=build.yards(2, {"patching": 2}))
    problem = build.problem_of(plan, build.area_map(4), 4)
    after, _ = with_crews(problem, crew_change("pothole=+120"), {"pothole": np.ones(4)})
    assert sum(max(e.crews) for e in after.stationed) == 124
    assert all(max(e.crews) <= 100 for e in after.stationed)


@pytest.mark.parametrize("text", ["yard 1/patching=+99999", "pothole=+99999999999", "yard 1/patching=+100"])
def test_more_crews_than_can_be_played_are_refused(build: Any, text: str) -> None:
    with pytest.raises(WhatIfError, match="more than 100 crews of one type at one yard") as caught:
        _changed(_problem(build), text)
    assert text in str(caught.value)


def test_a_city_without_crewed_work_says_so(build: Any) -> None:
    problem = _problem(build)
    work = tuple(w.model_copy(update={"owner": "police"}) for w in problem.work)
    with pytest.raises(WhatIfError) as caught:
        _changed(problem.model_copy(update={"work": work}), "pothole=+1")
    assert caught.value.remedy == "crews of this city work on no category"
