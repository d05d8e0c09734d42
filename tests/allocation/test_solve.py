from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from allocation import constraints, district_constraints, rule_constraints, week_constraints
from allocation.dense import CLOSING_DAYS, Dense, dense
from allocation.solve import CONSTRAINTS, IDLE_SHARE, WAITING_SHARE, solve
from allocation.surrogate import Surrogate, pool
from allocation.work import buckets
from domain.chance import generator


def _surrogate(
    build: Any, *, days: int = 2, draws: int = 2, crews: int = 2, seed: int = 0, mean: float = 6.0
) -> tuple[Dense, Surrogate]:
    """One yard, one type, one area: two shifts a day, so that serving all one can is the best recourse."""
    plan = build.city_plan(
        categories=[build.pothole],
        yards=[{"name": "y", "crews": {"patching": crews}}],
        types=build.types[:1],
        shifts=[build.shifts[0], build.shifts[1] | {"overtime_minutes": 0, "minutes": 300}],
    )
    d = dense(build.problem_of(plan, build.area_map(1), days))
    rng = generator(seed, "tiny")
    arrivals = rng.poisson(mean, (1, 1, days, 2, draws)).astype(float)
    opening = np.zeros((1, 1, buckets(d)))
    opening[0, 0, 3:7] = rng.poisson(mean, 4)
    duty = rng.random((days, 1, draws)) > 0.2
    held = np.zeros((days, 2, 1, 1), dtype=np.int64)
    return d, pool(d, opening, arrivals, duty, held, np.full(draws, 1 / draws))


def _cost(s: Surrogate, crews: np.ndarray) -> float:
    """Expected cost of a roster (R,), reckoned period by period: every crew serves all it can."""
    w, _, _, periods = s.sizes
    total = 0.0
    for i in range(w):
        left, after = 0.0, np.zeros(periods)
        for p in range(periods):
            source = int(np.flatnonzero(s.source[:, 0] == p)[0])
            each = s.link_minutes[s.link[:, 0] == source][0]
            left += s.added[i, 0, 0, p]
            left -= min(left, s.there[i, source] * s.net[source] * crews[source] / each)
            after[p] = left
        for h, last in enumerate(s.last_period):
            end = after[last] + s.day_added[i, 0, 0, h]
            late = max(0.0, end - s.not_due[i, 0, 0, h])
            days = 1 + CLOSING_DAYS * (h == len(s.last_period) - 1)
            total += s.weight[i] * s.late_cost[0] * (late * days + WAITING_SHARE * end)
    whole = sum(s.crews_left[h, 0, 0] * s.crew_cost[s.source[:, 1] == h].max() for h in range(len(s.last_period)))
    return total + IDLE_SHARE * float(whole - (crews * s.crew_cost).sum())


@pytest.mark.parametrize("seed", range(6))
def test_the_roster_costs_what_the_best_of_all_rosters_costs(build: Any, seed: int) -> None:
    d, s = _surrogate(build, seed=seed)
    per_day = [(a, b) for a in range(3) for b in range(3) if a + b <= 2]
    best = min(_cost(s, np.array([n for day in days for n in day])) for days in product(per_day, repeat=2))
    roster = solve(d, s)
    chosen = roster.crews[s.source[:, 1], s.shift, 0, 0]
    assert _cost(s, chosen) == pytest.approx(best, rel=0.002)
    assert roster.entry.objective == pytest.approx(_cost(s, chosen), rel=0.002)
    assert roster.entry.gap <= 0.002


def test_the_same_surrogate_gives_the_same_roster(build: Any) -> None:
    d, s = _surrogate(build, days=5, draws=8)
    one, other = solve(d, s), solve(d, s)
    assert one.crews.tobytes() == other.crews.tobytes()
    assert one.entry == other.entry


def test_no_crews_is_a_plan_with_all_work_late_not_an_error(build: Any) -> None:
    d, s = _surrogate(build, crews=0)
    roster = solve(d, s)
    assert roster.crews.sum() == 0
    assert roster.entry.status == "nothing to decide"


def test_overtime_is_bought_where_lateness_costs_more(build: Any) -> None:
    def roster(cost: float) -> Any:
        pothole = build.pothole | {"queue": {"due_hours": 24, "cost_per_late_day": cost}}
        plan = build.city_plan(
            categories=[pothole],
            yards=[{"name": "y", "crews": {"patching": 1}}],
            types=build.types[:1],
            shifts=[build.shifts[0] | {"overtime_minutes": 120}],
        )
        d = dense(build.problem_of(plan, build.area_map(1), 3))
        opening = np.zeros((1, 1, buckets(d)))
        opening[0, 0, 0] = 40
        arrivals, duty = np.zeros((1, 1, 3, 1, 1)), np.ones((3, 1, 1), dtype=bool)
        held = np.zeros((3, 1, 1, 1), dtype=np.int64)
        return solve(d, pool(d, opening, arrivals, duty, held, np.ones(1)))

    assert roster(1.0).overtime_hours.sum() == 0
    assert roster(1000.0).overtime_hours.sum() == pytest.approx(6)


def _holds(rows: constraints.Rows, values: np.ndarray) -> np.ndarray:
    """Whether each row holds for `values`."""
    total = np.zeros(len(rows.lower))
    np.add.at(total, rows.row, rows.value * values[rows.column])
    return np.asarray((total >= rows.lower - 1e-9) & (total <= rows.upper + 1e-9))


def test_crews_of_all_shifts_together_stay_within_the_yards_number(build: Any) -> None:
    _, s = _surrogate(build, crews=2)
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.crews[:2]] = [1, 1]
    assert _holds(constraints.crews_within_availability(s, c), values).all()
    values[c.crews[:2]] = [2, 1]
    assert _holds(constraints.crews_within_availability(s, c), values).tolist() == [False, True]


def test_overtime_needs_a_crew(build: Any) -> None:
    _, s = _surrogate(build)
    s.over[:] = 60
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.overtime[0]] = 1
    assert _holds(constraints.overtime_within_limit(s, c), values).tolist() == [False, True, True, True]
    values[c.crews[0]] = 1
    assert _holds(constraints.overtime_within_limit(s, c), values).all()


def test_minutes_worked_stay_within_the_crews_who_are_there(build: Any) -> None:
    _, s = _surrogate(build, draws=3, seed=2)
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.crews] = 1
    fits = s.net[s.link[:, 0]] / s.link_minutes
    values[c.jobs] = fits * s.there[:, s.link[:, 0]]
    assert _holds(constraints.minutes_within_roster(s, c), values).all()
    values[c.jobs] = fits
    np.testing.assert_array_equal(_holds(constraints.minutes_within_roster(s, c), values), s.there.ravel() > 0)
    assert (s.there == 0).any(), "snow takes somebody in this case"


def test_held_crews_work_on_events_alone_and_within_their_minutes(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "y", "crews": {"mixed": 2}}], shifts=build.shifts[:1])
    d = dense(build.problem_of(plan, build.area_map(1), 1))
    held = np.zeros((1, 1, 1, 3), dtype=np.int64)
    held[0, 0, 0, 2] = 1
    arrivals, opening = np.zeros((2, 1, 1, 1, 1)), np.ones((2, 1, buckets(d)))
    s = pool(d, opening, arrivals, np.ones((1, 3, 1), dtype=bool), held, np.ones(1))
    assert d.work[int(s.link[s.is_held_link][0, 2])].kind == "event"
    assert s.is_held_link.sum() == 1
    assert s.crews_left[0, 0, 2] == 1
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.jobs[0, s.is_held_link]] = s.net[0] / s.link_minutes[s.is_held_link]
    assert _holds(constraints.minutes_within_readiness(s, c), values).all()
    values[c.jobs[0, s.is_held_link]] += 0.1
    assert not _holds(constraints.minutes_within_readiness(s, c), values).any()


def test_the_whole_backlog_is_carried_until_served(build: Any) -> None:
    _, s = _surrogate(build, draws=1)
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.open] = s.added.cumsum(axis=3)
    assert _holds(constraints.open_jobs_carry_over(s, c), values).all()
    values[c.open[0, 0, 0, -1]] -= 1
    assert _holds(constraints.open_jobs_carry_over(s, c), values).tolist() == [True, True, True, False]
    values[c.jobs[0, -1]] = 1
    assert _holds(constraints.open_jobs_carry_over(s, c), values).all()


def test_what_is_open_and_due_is_late(build: Any) -> None:
    _, s = _surrogate(build, draws=1)
    c = constraints.columns(s)
    values = np.zeros(c.size)
    values[c.open] = s.added.cumsum(axis=3)
    overdue = values[c.open][..., s.last_period] + s.day_added - s.not_due
    assert (overdue > 0).any()
    values[c.late] = np.maximum(overdue, 0)
    assert _holds(constraints.overdue_jobs_are_late(s, c), values).all()
    values[c.late] -= 0.1
    assert not _holds(constraints.overdue_jobs_are_late(s, c), values).all()


def test_every_constraint_of_the_modules_is_used() -> None:
    written = {
        value
        for module in (constraints, rule_constraints, week_constraints, district_constraints)
        for value in vars(module).values()
        if callable(value)
        and value.__module__ == module.__name__
        and getattr(value, "__annotations__", {}).get("return") == "Rows"
        and value.__name__[0] != "_"
    }
    assert written == set(CONSTRAINTS)


def test_the_emergency_clock_is_recorded_and_still_leaves_a_roster(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    d, s = _surrogate(build, days=5, draws=8)
    assert not solve(d, s).entry.is_emergency
    monkeypatch.setattr("allocation.solve.EMERGENCY_SECONDS", 0.0)
    roster = solve(d, s)
    assert roster.entry.is_emergency
    assert "emergency clock" in roster.entry.status
    np.testing.assert_array_equal(roster.crews.sum(axis=1), s.crews_left)
