from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from allocation.binding import NOBODY, NOTHING, binding_words
from allocation.build_up import build_up
from allocation.dispatch import Crewing, late_cost, simulate
from allocation.drivers import with_drivers
from allocation.given import Given
from allocation.locks import with_locks
from allocation.next_best import next_best
from allocation.plan import Allocation, Decision, allocate, decide
from allocation.roster_cost import overtime_money, paid_by_slot
from allocation.value import FEWEST_DRAWS, WORK, affordable, avoided, stand_ins, standard_error, take
from allocation.work import OVERDUE_BUCKETS, jobs_per_request
from allocation.worklists import round_trip
from domain.lock import Lock
from domain.panel import AreaMap, Floats
from domain.tables import ASSIGNMENTS, CREW_JOBS

DAYS = 4
SLOT = ["date", "shift", "yard", "crew_type"]


SLOW = {"name": "slow", "skill": "patching", "from": "01-01", "until": "12-31"}
RULES = {
    "weather_rules": [SLOW | {"minutes_factor": {"value": 1.8, "basis": "assumed"}}],
    "rules": {"pay": {"minimum_call_out_minutes": 90}},
}


def _given(build: Any, backlog: pd.DataFrame, mean: float, rules: dict[str, Any] | None = None) -> Given:
    plan, where = build.city_plan(**(rules or {})), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 24, mean)
    problem, split = build.problem_of(plan, where, DAYS), build.split(paths, (0.5, 0.3, 0.2))
    return Given(problem, paths, split, where, backlog, build.weather_of(paths, 60, 1), {}, 7)


def _backlog(build: Any, where: AreaMap, number: int = 24) -> pd.DataFrame:
    rows = build.backlog_of(where, "pothole", number, age_days=6)
    at = np.arange(number)
    return rows.assign(lat=40 + 0.04 * np.sin(at * 2.4), lon=-90 + 0.05 * np.cos(at * 1.7))


@pytest.fixture(scope="module", params=[None, RULES], ids=["plain", "weather and pay rules"])
def decision(build: Any, request: pytest.FixtureRequest) -> Decision:
    return decide(_given(build, _backlog(build, build.area_map(4), 60), 1.5, request.param))


@pytest.fixture(scope="module")
def planned(build: Any) -> Allocation:
    return allocate(_given(build, _backlog(build, build.area_map(4)), 1.5))


@pytest.fixture(scope="module")
def plan_of(build: Any) -> Decision:
    """What `planned` decided."""
    return decide(_given(build, _backlog(build, build.area_map(4)), 1.5))


def test_minutes_that_are_never_used_up_are_not_said_to_bind(build: Any) -> None:
    quiet = _given(build, build.backlog_of(build.area_map(4), "pothole", 0), 0.05)
    lock = Lock(date=date(2024, 1, 9), shift="day", yard="yard 1", crew_type="patching", crews=1)
    locked = quiet.posing(with_locks(quiet.problem, [lock]))
    told = allocate(locked).assignments
    assert (told["used_up"] < 0.005).any()
    for used, text, day in zip(told["used_up"], told["binds"], told["date"], strict=True):
        assert ("minutes used up" in text) == (used >= 0.005)
        assert text
        assert "0% of the cases" not in text.replace("10%", "").replace("00%", "")
        assert ("fixed by a lock" in text) <= (day.date() == lock.date)
    assert told["binds"].str.startswith("nothing: minutes are left").any()
    free = decide(quiet)
    idle = replace(free, outcome=replace(free.outcome, minutes=np.zeros_like(free.outcome.minutes)))
    assert binding_words(idle) == (NOTHING,)
    crews = np.zeros_like(free.chosen.roster.crews)
    none = replace(free.chosen, roster=replace(free.chosen.roster, crews=crews))
    nobody = replace(free, chosen=none, ready=replace(free.ready, held=np.zeros_like(free.ready.held)))
    assert binding_words(nobody) == (NOBODY,)
    busy = decide(_given(build, _backlog(build, build.area_map(4), 60), 1.5))
    assert all(" 0% of the cases" not in line for line in binding_words(busy))
    assert any("minutes used up in" in line for line in binding_words(busy))
    assert f"lock {lock}" in binding_words(decide(locked))


def test_increments_of_the_build_up_sum_to_what_the_plan_saves_against_no_crews(decision: Decision) -> None:
    kept = stand_ins(decision.outcome, decision.weight, 20)
    roster, work = decision.chosen.roster, decision.work
    paid = paid_by_slot(decision.dense, roster.crews, roster.overtime_hours)
    built = build_up(decision.dense, decision.chosen.crewing, paid, work.opening, work.arrivals, kept)
    part, filed = take(decision.chosen.crewing, kept.index), work.arrivals[..., kept.index]

    def money(crewing: Crewing) -> float:
        late = late_cost(decision.dense, crewing, work.opening, filed, 0, is_closed=True)
        return float(late @ kept.weight)

    nobody = Crewing(np.zeros_like(part.regular), np.zeros_like(part.held))
    whole = money(part) + overtime_money(decision.dense, roster.overtime_hours)
    assert built.increment.sum() == pytest.approx(money(nobody) - whole, rel=1e-9)
    assert (built.nothing, built.whole) == pytest.approx((money(nobody), whole), rel=1e-9)
    order = built.slots.tolist()
    assert order == sorted(order), "date, shift, yard, type"


def test_the_next_best_use_is_the_cost_of_the_crews_on_another_shift_or_at_another_yard(decision: Decision) -> None:
    kept = stand_ins(decision.outcome, decision.weight, 20)
    dense, work = decision.dense, decision.work
    part, filed = take(decision.chosen.crewing, kept.index), work.arrivals[..., kept.index]
    given = (work.opening, work.arrivals, kept)
    found = next_best(dense, decision.chosen.crewing, decision.chosen.roster.crews, *given)
    away = [slot for slot, use in found.items() if use.yard != slot[2]]
    for h, n, y, k in [*list(found)[:4], *away[:2]]:
        use, regular = found[h, n, y, k], part.regular.copy()
        regular[h, n, y, k] = 0.0
        ratio = dense.net_minutes[use.shift, k] / dense.net_minutes[n, k]
        regular[h, use.shift, use.yard, k] += part.regular[h, n, y, k] * ratio
        cost = [late_cost(dense, c, work.opening, filed, 0) for c in (replace(part, regular=regular), part)]
        assert use.money == pytest.approx(float((cost[0] - cost[1]) @ kept.weight), abs=1e-6)


def test_where_all_work_lies_around_the_other_yard_that_is_the_next_best_use(decision: Decision) -> None:
    kept, dense = stand_ins(decision.outcome, decision.weight, 20), decision.dense
    opening, pothole = np.zeros_like(decision.work.opening), [w.category for w in dense.work].index("pothole")
    opening[pothole, dense.drive.argmin(axis=0) == 1, 0] = 200.0
    given = (opening, np.zeros_like(decision.work.arrivals), kept)
    found = next_best(dense, decision.chosen.crewing, decision.chosen.roster.crews, *given)
    mine = [use for (_, n, y, k), use in found.items() if (n, y) == (0, 0) and dense.skilled[k, pothole]]
    assert mine
    assert all(use.yard == 1 for use in mine), "the yard's other shift is later and shorter"


def test_the_other_use_costs_no_more_than_any_other_shift_of_the_own_yard(decision: Decision) -> None:
    """Looking beyond the yard only adds to what is compared."""
    kept = stand_ins(decision.outcome, decision.weight, 20)
    given = (decision.work.opening, decision.work.arrivals, kept)
    crews = decision.chosen.roster.crews
    wide = next_best(decision.dense, decision.chosen.crewing, crews, *given)
    yards = [y for y in range(crews.shape[2]) if crews[:, :, y].any()]
    for y in yards:
        alone = replace(decision.dense, worked=decision.dense.worked & (np.arange(crews.shape[2]) == y))
        mine = np.where(np.arange(crews.shape[2])[:, None] == y, crews, 0)
        own = next_best(alone, decision.chosen.crewing, mine, *given)
        for slot, use in own.items():
            assert wide[slot].money <= use.money + 1e-6


def test_each_increment_is_the_cost_before_its_slot_less_the_cost_with_it(decision: Decision) -> None:
    kept = stand_ins(decision.outcome, decision.weight, 20)
    work, hours = decision.work, np.zeros_like(decision.chosen.roster.overtime_hours)
    built = build_up(decision.dense, decision.chosen.crewing, hours, work.opening, work.arrivals, kept)
    part, filed = take(decision.chosen.crewing, kept.index), work.arrivals[..., kept.index]

    def with_first(count: int) -> float:
        only = Crewing(np.zeros_like(part.regular), np.zeros_like(part.held), part.pace)
        for slot in built.slots[:count]:
            only.regular[tuple(slot)], only.held[tuple(slot)] = part.regular[tuple(slot)], part.held[tuple(slot)]
        late = late_cost(decision.dense, only, work.opening, filed, 0, is_closed=True)
        return float(late @ kept.weight)

    for i in (0, 3, len(built.slots) // 2, len(built.slots) - 1):
        assert built.increment[i] == pytest.approx(with_first(i) - with_first(i + 1), rel=1e-9, abs=1e-6)


def test_the_table_of_assignments_keeps_its_contract_and_tells_the_two_values_apart(planned: Allocation) -> None:
    table = planned.assignments
    assert len(ASSIGNMENTS.validate(table.assign(vintage_id="v"))) > 0
    roster = planned.roster.query("crews + on_readiness > 0")
    assert len(table) <= len(roster)
    assert table["build_up_order"].tolist() == list(range(1, len(table) + 1))
    steps = -np.diff(table["build_up_cost"])
    np.testing.assert_allclose(steps, table["build_up_value"].iloc[1:], atol=1e-6)
    assert abs(table["leave_one_out"].sum() - table["build_up_value"].sum()) > 1, "no sum of leave-one-out values"
    assert table["next_best"].str.len().min() > 0
    keys = ["date", "shift", "yard", "crew_type"]
    named = planned.dispatch.groupby(keys)["marginal_value"].sum()
    both = table.set_index(keys)["leave_one_out"].reindex(named.index).dropna()
    np.testing.assert_allclose(both, named.reindex(both.index), atol=1e-6)


def test_what_an_assignment_buys_rests_on_every_draw_and_the_build_up_ends_at_the_published_cost(
    planned: Allocation, plan_of: Decision
) -> None:
    table, work, weight = planned.assignments, plan_of.work, plan_of.weight
    assert set(table["draws"]) == set(table["build_up_draws"]) == {24}
    assert table["build_up_cost"].iloc[-1] == pytest.approx(planned.simulated.dispatch, rel=1e-6)
    crewing, problem = plan_of.chosen.crewing, plan_of.dense.problem
    names = [[pd.Timestamp(d) for d in problem.dates], *([x.name for x in xs] for xs in _axes(problem))]
    dearest = table.nlargest(3, "leave_one_out")
    for row in dearest.to_dict("records"):
        slot = tuple(axis.index(row[c]) for axis, c in zip(names, SLOT, strict=True))
        regular, held = crewing.regular.copy(), crewing.held.copy()
        regular[slot] = held[slot] = 0.0
        other = replace(crewing, regular=regular, held=held)
        more = late_cost(plan_of.dense, other, work.opening, work.arrivals, 0) - plan_of.outcome.cost
        assert row["leave_one_out"] == pytest.approx(more @ weight, abs=1e-6)
        assert row["leave_one_out_error"] == pytest.approx(more.std(ddof=1) / 24**0.5, rel=1e-6)


def _axes(problem: Any) -> tuple[Any, ...]:
    return problem.shifts, problem.yards, problem.crew_types


def test_where_all_draws_cost_too_much_as_many_as_the_work_allows_stand_for_them(decision: Decision) -> None:
    dense, outcome = decision.dense, decision.outcome
    whole = affordable(dense, outcome)
    assert whole > len(decision.weight)
    assert affordable(dense, outcome, WORK // whole * 23) in (22, 23)
    assert affordable(dense, outcome, 1) == FEWEST_DRAWS
    assert affordable(dense, outcome, WORK) >= affordable(dense, outcome, WORK // 2) > 0
    kept = stand_ins(outcome, decision.weight, 22)
    assert len(kept.index) <= 22
    assert kept.weight.sum() == pytest.approx(1)
    assert (np.diff(outcome.cost[kept.index]) >= 0).all(), "draws alike in load are played together"


def test_values_are_the_same_however_many_draws_are_played_together(
    decision: Decision, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, kept = decision.work, stand_ins(decision.outcome, decision.weight, 24)
    paid = np.zeros_like(decision.chosen.roster.overtime_hours)
    given = (work.opening, work.arrivals, kept)
    found = []
    for together in (24, 7):
        monkeypatch.setattr("allocation.value.TOGETHER", together)
        values = avoided(decision.dense, decision.chosen.crewing, *given)
        built = build_up(decision.dense, decision.chosen.crewing, paid, *given)
        found.append((values.money.mean, values.requests.error, built.increment, built.nothing, built.whole))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_late_requests_avoided_are_those_that_turn_late_without_the_slot(decision: Decision) -> None:
    kept = stand_ins(decision.outcome, decision.weight, 20)
    dense, work, crewing = decision.dense, decision.work, decision.chosen.crewing
    requests = avoided(dense, crewing, work.opening, work.arrivals, kept).requests
    per_job = np.array([1 / jobs_per_request(w.conversion) for w in dense.work])
    part, filed = take(crewing, kept.index), work.arrivals[..., kept.index]

    def turned(crews: Crewing) -> Floats:
        played = simulate(dense, crews, work.opening, filed, kept.weight)
        return per_job @ played.turned_late.sum(axis=1)

    for slot in np.argwhere(part.regular.any(axis=-1))[:3]:
        regular, held = part.regular.copy(), part.held.copy()
        regular[tuple(slot)] = held[tuple(slot)] = 0.0
        without = turned(replace(part, regular=regular, held=held))
        more = (without - turned(part))[kept.weight > 0]
        assert requests.mean[tuple(slot)] == pytest.approx(more @ kept.weight, abs=1e-6)
        assert requests.error[tuple(slot)] == pytest.approx(standard_error(more, kept.weight), abs=1e-6)


def test_jobs_turn_late_once_and_all_that_are_late_at_the_end_did_or_were_late_before(decision: Decision) -> None:
    work, outcome = decision.work, decision.outcome
    before = work.opening[:, :, :OVERDUE_BUCKETS].sum(axis=(1, 2))
    late_at_end = outcome.late[:, :, -1].sum(axis=1)
    turned = outcome.turned_late.sum(axis=1)
    assert (late_at_end <= before[:, None] + turned + 1e-6).all()
    assert (turned <= outcome.late.sum(axis=(1, 2)) + 1e-6).all(), "each is late for a day at least"


def test_what_drove_demand_names_the_largest_effects_within_reach(planned: Allocation, decision: Decision) -> None:
    dense = decision.dense
    rows = [
        {"level": "area", "area": a.area, "category": "pothole", "date": pd.Timestamp(d), "block": block, "effect": e}
        for a in dense.problem.areas
        for d in dense.problem.dates
        for block, e in (("usual", 5.0), ("weather", 1.0), ("calendar", -0.01), ("recent demand", -0.5))
    ]
    told = with_drivers(planned.assignments, dense, pd.DataFrame(rows)).set_index("crew_type")["drivers"]
    near = int(dense.reach[0, 0].sum())
    assert near == int(dense.reach[0, 1].sum())
    expected = f"pothole: weather {near:+.1f}, recent demand {-near / 2:+.1f} requests"
    assert told["patching"].str.startswith(expected).all()
    assert (told["drainage"] == "").all()


def test_every_job_is_on_one_list_only_and_a_crew_drives_its_stops_in_order(build: Any, planned: Allocation) -> None:
    jobs = CREW_JOBS.validate(planned.crew_jobs.assign(vintage_id="v"))
    assert len(jobs) > 0
    assert jobs["request_id"].is_unique
    assert set(jobs["request_id"]) <= set(_backlog(build, build.area_map(4))["request_id"])
    assert set(jobs["date"].dt.date) <= set(planned.roster["date"].dt.date.unique()[:2])
    for (*slot, crew), rows in jobs.groupby(["date", "shift", "yard", "crew_type", "crew"]):
        assert rows["stop"].tolist() == list(range(1, len(rows) + 1))
        keys = dict(zip(["date", "shift", "yard", "crew_type"], slot, strict=True))
        there = planned.roster[(planned.roster[list(keys)] == pd.Series(keys)).all(axis=1)]
        assert crew <= there["crews"].iloc[0] + there["on_readiness"].iloc[0]


def test_without_coordinates_jobs_go_by_area_as_the_yard_drives(build: Any) -> None:
    where = build.area_map(4)
    found = allocate(_given(build, build.backlog_of(where, "pothole", 24, age_days=6), 1.5))
    assert len(found.crew_jobs) > 0
    for _, rows in found.crew_jobs.groupby(["date", "shift", "yard", "crew_type", "crew"]):
        assert rows["area"].ne(rows["area"].shift()).sum() == rows["area"].nunique(), "no area is visited twice"


@settings(max_examples=50)
@given(points=arrays.arrays(float, st.tuples(st.integers(0, 12), st.just(2)), elements=st.floats(-50, 50)))
def test_a_round_trip_visits_every_stop_once_and_no_reversal_shortens_it(points: Floats) -> None:
    order = round_trip(points)
    assert sorted(order) == list(range(len(points)))
    ends = [(i, j) for i in range(len(order)) for j in range(i + 2, len(order) + 1)]
    swapped = [[*order[:i], *reversed(order[i:j]), *order[j:]] for i, j in ends]
    shortest = length_km(points, order)
    assert all(shortest <= length_km(points, other) + 1e-6 for other in swapped), "no reversal shortens it"


def length_km(points: Floats, order: list[int]) -> float:
    """Of the round trip from (0, 0) in that order."""
    stops = [np.zeros(2), *(points[i] for i in order), np.zeros(2)]
    return float(sum(np.hypot(*(b - a)) for a, b in pairwise(stops)))
