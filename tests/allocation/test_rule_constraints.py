"""Each rule's rows taken alone: what keeps the rule holds, what breaks it does not."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from allocation import district_constraints, rule_constraints, week_constraints
from allocation.constraints import columns
from allocation.roster_rules import broken_rules, filled
from allocation.solve import solve
from tests.allocation.ruled import holds, ruled

HIRED: dict[str, Any] = {
    "name": "Millrace",
    "yard": "y",
    "crews": 2,
    "skills": {"patching": 40},
    "price": 50,
    "jobs_per_shift": {"value": 8, "basis": "assumed"},
}


def test_without_rules_there_are_no_rows(build: Any) -> None:
    s = ruled(build)
    c = columns(s)
    for module in (rule_constraints, week_constraints, district_constraints):
        for name, function in vars(module).items():
            if getattr(function, "__module__", "") == module.__name__ and name[0] != "_" and name != "bases":
                assert len(function(s, c).lower) == 0, name
    assert c.called.size == c.hired.size == 0


def test_who_works_the_evening_does_not_work_the_next_day_shift(build: Any) -> None:
    s = ruled(build, days=2, rules={"working_time": {"minimum_rest_hours": 11}})
    c = columns(s)
    rows = rule_constraints.rest_between_shifts(s, c)
    assert s.source[:, 1].tolist() == [0, 0, 1, 1]
    assert holds(rows, c, crews=[1, 1, 1, 1]).all(), "one crew works two days, the other two evenings"
    assert not holds(rows, c, crews=[0, 2, 1, 1]).all(), "two on the evening, and one of them again at 07:00"
    assert holds(rows, c, crews=[2, 0, 1, 1]).all(), "the day shift ends in time for the next day's"
    short = ruled(build, days=2, rules={"working_time": {"minimum_rest_hours": 8}})
    assert holds(rule_constraints.rest_between_shifts(short, c), c, crews=[0, 2, 2, 0]).all()


def test_a_crew_held_ready_needs_its_rest_too(build: Any) -> None:
    s = ruled(build, days=2, held=1, rules={"working_time": {"minimum_rest_hours": 11}})
    rows = rule_constraints.rest_between_shifts(s, columns(s))
    assert not holds(rows, columns(s), crews=[0, 1, 1, 0]).all()
    assert holds(rows, columns(s), crews=[0, 1, 0, 1]).all()


def test_hours_of_any_seven_days_stay_within_the_longest_week(build: Any) -> None:
    every_day = {"weekdays": [0, 1, 2, 3, 4, 5, 6]}
    s = ruled(
        build,
        days=8,
        crews=1,
        shifts=[build.shifts[0] | every_day | {"overtime_minutes": 120}, build.shifts[1] | every_day],
        rules={"working_time": {"longest_week_hours": 40}},
    )
    c = columns(s)
    rows = week_constraints.hours_within_longest_week(s, c)
    day = s.shift == 0
    five = np.where(day & np.isin(s.source[:, 1], [0, 1, 2, 3, 4]), 1, 0)
    assert holds(rows, c, crews=five).all()
    assert not holds(rows, c, crews=five, overtime=np.where(day & (s.source[:, 1] == 0), 1, 0)).all()
    six = five + (day & (s.source[:, 1] == 7))
    assert holds(rows, c, crews=six).all(), "the sixth day lies in the next seven days"
    assert not holds(rows, c, crews=five + (day & (s.source[:, 1] == 5))).all()


EVERY_DAY = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "overtime_minutes": 0}


def _week(build: Any, crews: int, longest: float, days: int = 9, evening: str = "") -> Any:
    """A yard that works a day shift of 8 h every day, and an evening shift until `evening` where it is given."""
    shifts = [build.shifts[0] | EVERY_DAY, build.shifts[1] | EVERY_DAY]
    shifts[1] |= {"end": evening, "minutes": 180} if evening else {"weekdays": []}
    rules = {"working_time": {"longest_week_hours": longest}}
    return ruled(build, days=days, crews=crews, open_jobs=4000, shifts=shifts, rules=rules)


def _has_rota(crews: np.ndarray, pool: int, hours: np.ndarray, longest: float) -> bool:
    """Whether crews by date and shift, (H, N), can be given to `pool` whole crews, one shift a day each, so that none
    is on for longer than `longest` in any seven days: every way is tried."""
    states = {tuple((0.0,) * 6 for _ in range(pool))}
    for day in crews:
        given = [hours[n] for n in range(len(hours)) for _ in range(day[n])]
        ways = set(permutations([*given, *([0.0] * (pool - len(given)))]))
        states = {
            tuple(sorted((*past[1:], more) for past, more in zip(state, way, strict=True)))
            for state in states
            for way in ways
            if all(sum(past) + more <= longest for past, more in zip(state, way, strict=True))
        }
    return bool(states)


@pytest.mark.parametrize(
    ("crews", "longest", "evening"), [(2, 44, ""), (3, 50, ""), (2, 37, "20:00"), (1, 39, "20:00")]
)
def test_a_rota_of_whole_crews_can_work_what_the_longest_week_lets_through(
    build: Any, crews: int, longest: float, evening: str
) -> None:
    s = _week(build, crews, longest, evening=evening)
    hours = np.array([8.0, 5.0 if evening else 0.0])
    solved = solve(s.dense, s)
    nobody = np.zeros_like(solved.crews)
    for roster in (solved.crews, filled(s, nobody, nobody * 0.0)):
        assert broken_rules(s, roster, nobody * 0.0) == ()
        assert _has_rota(roster[:, :, 0, 0], crews, hours, longest)
        assert roster[:7].sum() >= crews * (longest // 8), "no fewer than fit whole"


def test_eleven_shifts_of_eight_hours_are_too_many_for_two_crews_of_44_hours(build: Any) -> None:
    s = _week(build, 2, 44, days=7)
    crews = np.zeros((7, 2, 1, 1), dtype=np.int64)
    crews[:6, 0], crews[5, 0] = 2, 1
    assert not _has_rota(crews[:, :, 0, 0], 2, np.array([8.0, 0.0]), 44)
    assert broken_rules(s, crews, crews * 0.0) == ("shifts_within_longest_week",)
    crews[5, 0] = 0
    assert broken_rules(s, crews, crews * 0.0) == ()


def test_no_more_crews_go_out_than_there_are_machines(build: Any) -> None:
    limit = {"equipment": [{"name": "hot box", "crew_types": ["patching"], "number": 2}]}
    s = ruled(build, days=2, crews=4, rules=limit)
    c = columns(s)
    rows = rule_constraints.equipment_within_number(s, c)
    assert holds(rows, c, crews=[1, 1, 2, 0]).tolist() == [True, True]
    assert holds(rows, c, crews=[1, 2, 2, 0]).tolist() == [False, True]
    held = ruled(build, days=2, crews=4, held=1, rules=limit)
    assert not holds(rule_constraints.equipment_within_number(held, c), c, crews=[1, 1, 0, 0])[0]


def test_overtime_comes_in_blocks_that_are_paid_anyway(build: Any) -> None:
    s = ruled(build, days=1, rules={"pay": {"minimum_call_out_minutes": 90}})
    c = columns(s)
    rows = rule_constraints.overtime_in_paid_blocks(s, c)
    assert holds(rows, c, crews=[1, 1], called=[1, 0], overtime=[1.5, 0]).all()
    assert holds(rows, c, crews=[2, 0], called=[2, 0], overtime=[3.5, 0]).all()
    assert not holds(rows, c, crews=[1, 1], called=[1, 0], overtime=[1.0, 0]).all(), "less than is paid"
    assert not holds(rows, c, crews=[1, 1], called=[0, 0], overtime=[1.5, 0]).all(), "nobody called in"
    assert not holds(rows, c, crews=[0, 0], called=[1, 0], overtime=[1.5, 0]).all(), "no crew to call in"


def test_a_contractor_comes_once_hired_and_for_the_smallest_order(build: Any) -> None:
    s = ruled(build, days=2, contractors=[HIRED | {"minimum_order_jobs": 24}])
    c = columns(s)
    rows, least = rule_constraints.contractors_as_ordered(s, c), rule_constraints.smallest_orders_kept(s, c)
    mine = np.flatnonzero(s.source[:, 3] == 1)
    order = np.zeros(len(s.source))
    for block in (rows, least):
        assert holds(block, c, crews=order, hired=[0]).all()
    order[mine[:2]] = [2, 1]
    for block in (rows, least):
        assert holds(block, c, crews=order, hired=[1]).all()
    assert not holds(rows, c, crews=order, hired=[0]).all()
    order[mine[1]] = 0
    assert holds(rows, c, crews=order, hired=[1]).all()
    assert not holds(least, c, crews=order, hired=[1]).all(), "16 jobs where 24 is the smallest order"
    assert least.labels == ("Millrace: at least 24 jobs",)


def test_the_least_service_counts_each_districts_expected_jobs(build: Any) -> None:
    rules = {"minimum_service": [{"category": "pothole", "share": 0.5}]}
    s = ruled(build, areas=2, share=0.75, rules=rules)
    c = columns(s)
    rows = district_constraints.least_service_by_district(s, c)
    assert rows.labels == ("pothole in district 1", "pothole in district 2")
    np.testing.assert_allclose(rows.lower, [15, 5])
    served = np.where(s.link[:, 1] == 0, 15, 0) / (s.link[:, 1] == 0).sum()
    assert holds(rows, c, jobs=served[None]).tolist() == [True, False]


def test_no_district_is_much_later_than_the_city(build: Any) -> None:
    s = ruled(build, areas=2, share=0.5, rules={"most_unequal_late_days": 0.5})
    c = columns(s)
    rows = district_constraints.lateness_alike_by_district(s, c)
    late = np.zeros(c.late.shape)
    late[0, 0, 0, :] = [20, 20, 0]  # 2 late days a job against 1 in the city
    left = np.full(c.open.shape, 20.0)
    assert not holds(rows, c, late=late, open=left).all()
    late[0, 1, 0, :] = [20, 20, 0]
    assert holds(rows, c, late=late, open=left).all()
    late[0, 1, 0, :] = [40, 0, 0]
    assert not holds(rows, c, late=late, open=left).all(), "no more can be late than is open"


def test_the_solved_roster_keeps_every_rule_on_time_and_machines(build: Any) -> None:
    rules = {
        "working_time": {"minimum_rest_hours": 11, "longest_week_hours": 24},
        "equipment": [{"name": "hot box", "crew_types": ["patching"], "number": 3}],
    }
    s = ruled(build, days=5, crews=4, rules=rules)
    free = ruled(build, days=5, crews=4)
    found, unbound = solve(s.dense, s), solve(free.dense, free)
    assert broken_rules(s, found.crews, found.overtime_hours) == ()
    broken = broken_rules(s, unbound.crews, unbound.overtime_hours)
    assert set(broken) >= {"hours_within_longest_week", "equipment_within_number"}
    assert found.entry.objective > unbound.entry.objective


def test_crews_left_over_are_sent_only_as_far_as_the_rules_allow(build: Any) -> None:
    limit = {"equipment": [{"name": "hot box", "crew_types": ["patching"], "number": 2}]}
    bound, free = (ruled(build, days=2, crews=4, rules=r) for r in (limit, {}))
    nobody = np.zeros((2, 2, 1, 1), dtype=np.int64)
    assert filled(free, nobody, nobody * 0.0).sum(axis=(1, 2, 3)).tolist() == [4, 4]
    assert filled(bound, nobody, nobody * 0.0).sum(axis=(1, 2, 3)).tolist() == [2, 2]


def test_a_paid_minimum_beyond_the_overtime_makes_it_dearer(build: Any) -> None:
    plain, short, long = (
        solve(s.dense, s)
        for minutes in (0, 60, 240)
        for s in [ruled(build, crews=1, cost=22, rules={"pay": {"minimum_call_out_minutes": minutes}})]
    )
    assert plain.overtime_hours.sum() > 0
    assert short.overtime_hours.sum() == pytest.approx(plain.overtime_hours.sum())
    assert long.overtime_hours.sum() < plain.overtime_hours.sum()


def test_a_contractor_is_hired_where_lateness_costs_more_and_not_for_a_fee_above_its_worth(build: Any) -> None:
    hired = {fee: ruled(build, contractors=[HIRED | {"mobilisation_fee": fee}]) for fee in (100, 10**7)}
    orders = {fee: solve(s.dense, s).crews[..., 1].sum() for fee, s in hired.items()}
    assert orders[100] > 0
    assert orders[10**7] == 0


def test_zones_are_parted_by_district_where_a_rule_looks_at_districts(build: Any) -> None:
    rules = {"minimum_service": [{"category": "pothole", "share": 0.4}]}
    assert [ruled(build, areas=4, rules=r).zones for r in ({}, rules)] == [1, 2]
