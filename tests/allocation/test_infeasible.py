"""Input that no roster can meet is answered with the constraints in conflict and what would have to give."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from allocation.dense import dense
from allocation.infeasible import Space, diagnose, refuse, relaxed
from allocation.possible import check_possible
from allocation.single_rows import stacked
from allocation.solve import solve
from allocation.surrogate import pool
from allocation.work import buckets
from domain.errors import NoRosterError
from tests.allocation.ruled import ruled

ONE = np.array([0])


def _at_least(value: float, columns: list[int], label: str) -> Any:
    return stacked([(np.array(columns), np.ones(len(columns)), value, np.inf)], (label,))


def _at_most(value: float, columns: list[int], label: str) -> Any:
    return stacked([(np.array(columns), np.ones(len(columns)), -np.inf, value)], (label,))


def _space(columns: int, *, whole: bool = False) -> Space:
    return Space(np.zeros(columns), np.full(columns, np.inf), np.full(columns, whole))


def test_only_the_constraints_that_contradict_each_other_are_named() -> None:
    blocks = {
        "least": _at_least(5, [0, 1], "jobs"),
        "most": _at_most(3, [0], "north"),
        "none_there": _at_most(0, [1], "south"),
        "harmless": _at_most(100, [0, 1], "all"),
    }
    found = diagnose(blocks, _space(2))
    assert found is not None
    assert set(found.constraints) == {"least", "most", "none_there"}
    assert sum(r.by for r in found.smallest) == pytest.approx(2)
    assert [r.constraint for r in found.smallest] == ["least"], "2 of 5 is the smallest share of its bound"
    assert {r.constraint: r.by for r in found.alternatives} == pytest.approx({"least": 2, "most": 2, "none_there": 2})


def test_what_can_be_kept_is_no_conflict() -> None:
    assert diagnose({"least": _at_least(5, [0], ""), "most": _at_most(5, [0], "")}, _space(1)) is None


def test_whole_numbers_alone_may_be_in_the_way() -> None:
    blocks = {"least": _at_least(0.5, [0], ""), "most": _at_most(0.7, [0], "")}
    assert diagnose(blocks, _space(1)) is None
    found = diagnose(blocks, _space(1, whole=True))
    assert found is not None
    assert [r.constraint for r in found.smallest] == ["most"]
    assert found.smallest[0].by == pytest.approx(0.3)


def test_what_the_variables_mean_is_never_loosened() -> None:
    blocks = {"open_jobs_carry_over": _at_least(5, [0], ""), "most": _at_most(3, [0], "")}
    found = diagnose(blocks, _space(1))
    assert found is not None
    assert found.constraints == ("most",)
    assert relaxed(blocks, _space(1), []) is None


def test_the_error_says_what_and_by_how_much() -> None:
    conflict = diagnose({"least_service": _at_least(5, [0], "jobs in A"), "most": _at_most(3, [0], "")}, _space(1))
    assert conflict is not None
    error = refuse(conflict)
    assert "'least service' (jobs in A) and 'most' contradict each other" in error.what
    assert error.remedy == "loosen least service by 2 (jobs in A); or most by 2", "the smallest first, each once"
    assert error.values["relaxation"] == {"least_service": pytest.approx(2)}


def test_one_rule_alone_is_named_once() -> None:
    conflict = diagnose({"most_in_north": _at_most(-1, [0], ""), "harmless": _at_most(9, [0], "")}, _space(1))
    assert conflict is not None
    error = refuse(conflict)
    assert error.what == "no roster keeps all constraints: none can keep 'most in north'"
    assert error.remedy == "loosen most in north by 1"


def _asked(build: Any, share: float | None = None, crews: int = 1, shifts: int = 1, **section: Any) -> Any:
    rules = {} if share is None else {"minimum_service": [{"category": "pothole", "share": share}]}
    plan = build.city_plan(
        categories=[build.pothole],
        types=build.types[:1],
        yards=[{"name": "y", "lat": 40.0, "lon": -90.0, "crews": {"patching": crews}}],
        shifts=build.shifts[:shifts],
        **{"rules": rules} | section,
    )
    d = dense(build.problem_of(plan, build.area_map(2), 2))
    opening = np.zeros((1, 2, buckets(d)))
    opening[0, :, 0] = [40, 10]
    held = np.zeros((2, shifts, 1, 1), dtype=np.int64)
    return d, pool(d, opening, np.zeros((1, 2, 2, shifts, 1)), np.ones((2, 1, 1), dtype=bool), held, np.ones(1))


def test_a_service_that_the_crews_cannot_give_is_refused_with_the_crews_it_would_take(build: Any) -> None:
    with pytest.raises(NoRosterError, match="least service by district") as caught:
        solve(*_asked(build, 0.9))
    assert set(caught.value.values["constraints"]) >= {"crews_within_availability", "least_service_by_district"}
    assert "crews within availability by" in caught.value.remedy
    assert "patching at y on 2024-01-0" in caught.value.remedy
    assert caught.value.exit_code == 5


def test_a_service_that_they_can_give_is_planned(build: Any) -> None:
    d, s = _asked(build, 0.3)
    assert solve(d, s).crews.sum() == 2


def test_a_least_service_is_loosened_as_the_share_that_the_city_states(build: Any) -> None:
    with pytest.raises(NoRosterError) as caught:
        solve(*_asked(build, 0.9))
    told = re.search(r"pothole in district 1 to a share of (0\.\d\d), now 0\.9", caught.value.remedy)
    assert told is not None
    d, s = _asked(build, float(told[1]))
    assert solve(d, s).crews.sum() == 2, "what the remedy says can be kept"


def _lock(day: int, shift: str, crews: int) -> dict[str, Any]:
    return {"date": f"2024-01-0{day}", "shift": shift, "yard": "y", "crew_type": "patching", "crews": crews}


def test_locks_against_the_rest_between_shifts_are_named_with_yard_and_days(build: Any) -> None:
    locks = [_lock(8, "evening", 2), _lock(9, "day", 2), _lock(8, "day", 0)]
    asked = _asked(build, crews=2, shifts=2, locks=locks, rules={"working_time": {"minimum_rest_hours": 11}})
    with pytest.raises(NoRosterError) as caught:
        solve(*asked)
    evening, morning = "lock 2024-01-08 evening 'y' patching=2", "lock 2024-01-09 day 'y' patching=2"
    assert caught.value.values["constraints"] == ["rest_between_shifts", evening, morning], "the third is no matter"
    assert "'rest between shifts' (patching at y on 2024-01-08 and 2024-01-09)" in caught.value.what
    assert caught.value.remedy.startswith("loosen lock "), "a lock gives way before a rule"
    assert all(f"{lock} by 2" in caught.value.remedy for lock in (evening, morning))


def test_a_lock_gives_way_before_the_longest_week_though_the_rule_would_give_a_smaller_share(build: Any) -> None:
    locks = [
        {"date": f"2024-01-{day:02}", "shift": "day", "yard": "y", "crew_type": "patching", "crews": 2}
        for day in range(8, 13)
    ]
    s = ruled(build, days=5, locks=locks, rules={"working_time": {"longest_week_hours": 39}})
    with pytest.raises(NoRosterError) as caught:
        solve(s.dense, s)
    first, *others = caught.value.remedy.removeprefix("loosen ").split("; or ")
    assert all(part.startswith("lock ") for part in first.split(" and ")), "ten shifts, of which two crews hold eight"
    given = {name: by for name, by in caught.value.values["relaxation"].items() if name.startswith("lock")}
    assert sum(given.values()) == pytest.approx(2)
    assert set(given) == set(caught.value.values["relaxation"])
    assert others, "what else would do is told after it"


def test_locks_against_a_machine_are_named_and_a_lock_taken_back_makes_a_roster(build: Any) -> None:
    locks = [_lock(8, "day", 1), _lock(8, "evening", 1)]
    rules = {"equipment": [{"name": "roller", "crew_types": ["patching"], "number": 1}]}
    with pytest.raises(NoRosterError, match="roller on 2024-01-08") as caught:
        solve(*_asked(build, crews=2, shifts=2, locks=locks, rules=rules))
    assert set(caught.value.values["constraints"]) == {
        "equipment_within_number", "lock 2024-01-08 day 'y' patching=1", "lock 2024-01-08 evening 'y' patching=1",
    }  # fmt: skip
    d, s = _asked(build, crews=2, shifts=2, locks=locks[:1], rules=rules)
    assert solve(d, s).crews[0].ravel().tolist() == [1, 0]


def test_a_least_service_that_a_lock_forbids_names_the_lock(build: Any) -> None:
    locks = [_lock(8, "day", 0), _lock(9, "day", 0)]
    with pytest.raises(NoRosterError) as caught:
        solve(*_asked(build, 0.3, locks=locks))
    assert "least_service_by_district" in caught.value.values["constraints"]
    assert "lock 2024-01-08 day 'y' patching=0" in caught.value.what


@pytest.mark.parametrize(("crews", "least"), [(1, 20), (2, 24)])
def test_a_lock_on_a_contractor_whose_smallest_order_cannot_be_reached_names_the_order(
    build: Any, crews: int, least: int
) -> None:
    """One crew locked of two is half an order to a solver without whole numbers: 12 jobs, which 16 would hold."""
    firm = {
        "name": "Millrace", "yard": "y", "crews": crews, "skills": {"patching": 40}, "price": 50,
        "jobs_per_shift": {"value": 8, "basis": "assumed"}, "minimum_order_jobs": least,
    }  # fmt: skip
    lock = _lock(8, "day", 1) | {"crew_type": "Millrace"}
    s = ruled(build, days=1, contractors=[firm], locks=[lock])
    with pytest.raises(NoRosterError) as caught:
        solve(s.dense, s)
    assert f"'smallest orders kept' (Millrace: at least {least} jobs)" in caught.value.what
    assert caught.value.what.endswith("and lock 2024-01-08 day 'y' Millrace=1 contradict each other")
    assert caught.value.remedy.startswith("loosen lock 2024-01-08 day 'y' Millrace=1 by 1")
    assert f"smallest orders kept by {least - 8 * crews} (Millrace: at least {least} jobs)" in caught.value.remedy
    within = ruled(build, days=1, contractors=[firm | {"minimum_order_jobs": 8 * crews}], locks=[lock])
    assert solve(within.dense, within).crews[0, 0, 0, 1] == 1


def test_locks_that_a_rule_sets_against_each_other_are_refused_without_any_work_in_the_same_words(build: Any) -> None:
    locks = [_lock(8, "evening", 2), _lock(9, "day", 1), _lock(8, "day", 0)]
    rules = {"working_time": {"minimum_rest_hours": 11}}
    d, s = _asked(build, crews=2, shifts=2, locks=locks, rules=rules)
    with pytest.raises(NoRosterError) as planned:
        solve(d, s)
    with pytest.raises(NoRosterError) as before:
        check_possible(d.problem)
    assert (before.value.what, before.value.remedy) == (planned.value.what, planned.value.remedy)
    check_possible(_asked(build, crews=3, shifts=2, locks=locks, rules=rules)[0].problem)
