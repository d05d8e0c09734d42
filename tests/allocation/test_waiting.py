from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.dense import Dense, dense
from allocation.dispatch import Crewing, Outcome, simulate, tally
from allocation.posed import posed
from allocation.ready import open_ready_on
from allocation.surrogate import pool
from allocation.waiting import still_waiting, whole_opening, workable
from allocation.waits import Waits, waits_of, with_waits
from allocation.work import OVERDUE_BUCKETS, buckets
from domain.chance import generator
from domain.progress import silent

WEEKDAYS = (True,) * 5 + (False,) * 2
MONDAY = date(2024, 1, 8)
DAYS, DRAWS = 8, 6


def _waits(rng: np.random.Generator) -> Waits:
    return Waits(rng.dirichlet(np.ones(7), 2), (WEEKDAYS, (True,) * 7))


class _Case:
    """A small random city whose requests wait, some of its open ones too."""

    def __init__(self, build: Any, seed: int, mean: float = 2.0, crews: int = 3) -> None:
        rng = generator(seed, "waiting")
        plan = build.city_plan(yards=build.yards(2))
        self.problem = build.problem_of(plan, build.area_map(5), DAYS)
        bare = dense(with_waits(self.problem, _waits(rng)))
        assert bare.ready is not None
        waiting = rng.poisson(0.3 * mean, (2, 5, DAYS + 1, buckets(bare))) * 0.9
        waiting[:, :, 0] = 0
        self.d: Dense = replace(bare, ready=replace(bare.ready, waiting=waiting))
        self.arrivals = rng.poisson(mean, (2, 5, DAYS, 3, DRAWS)) * 0.7
        self.opening = rng.poisson(0.3 * mean, (2, 5, buckets(self.d))) * 1.1
        self.weight = np.full(DRAWS, 1 / DRAWS)
        minutes = rng.integers(0, crews + 1, (*self.d.worked.shape, 3, DRAWS)) * 400.0
        self.regular = minutes * self.d.worked[..., None, None]
        self.held = self.regular[..., ::-1] * 0.25

    def run(self, regular: Any = None) -> Outcome:
        own = self.regular if regular is None else regular
        crewing = Crewing(own, self.held if regular is None else np.zeros_like(own))
        return simulate(self.d, crewing, self.opening, self.arrivals, self.weight, keep_starts=True)


@given(st.integers(0, 10_000), st.floats(0.0, 5.0))
@settings(max_examples=25)
def test_nothing_is_worked_before_it_is_ready_and_no_job_is_lost(build: Any, seed: int, mean: float) -> None:
    case = _Case(build, seed, mean)
    out = case.run()
    ready = workable(case.d, case.arrivals).sum(axis=3).cumsum(axis=2) + case.opening.sum(axis=2)[..., None, None]
    served = out.served.cumsum(axis=2)
    assert (served[:, :, -1] <= ready[:, :, -1] + 1e-6).all()
    ready_by_night = ready - workable(case.d, case.arrivals)[:, :, :, -1]  # the last slot holds tomorrow morning's
    evening = case.arrivals[:, :, :, -1] * np.einsum("jhh->jh", case.d.ready.share[:, :, :-1])[:, None, :, None]  # type: ignore[union-attr]
    assert (served <= ready_by_night + evening + 1e-6).all()
    whole = whole_opening(case.d, case.opening).sum(axis=2)[..., None] + case.arrivals.sum(axis=(2, 3))
    np.testing.assert_allclose(served[:, :, -1] + out.open_all[:, :, -1], whole, atol=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_crews_without_end_serve_all_that_is_ready_and_nothing_that_waits(build: Any, seed: int) -> None:
    case = _Case(build, seed)
    out = case.run(np.where(case.d.worked[..., None, None], 1e7, 0.0) * np.ones((1, 1, 1, 3, DRAWS)))
    waiting = still_waiting(case.d, case.arrivals)
    assert waiting is not None
    weekday = [h for h, day in enumerate(case.problem.dates) if day.weekday() < 5]
    late_shifts = case.arrivals[:, :, weekday][:, :, :, 1:].sum(axis=3)  # filed after the last crews came
    left = out.open_all[:, :, weekday] - waiting.open[:, :, weekday]
    assert (left <= late_shifts + 1e-6).all()
    assert (out.open_all >= waiting.open - 1e-9).all()
    assert (out.late_all >= waiting.late - 1e-9).all()


def test_without_waits_the_run_is_the_same_to_the_bit(build: Any) -> None:
    case = _Case(build, 3)
    none = with_waits(case.problem, Waits(np.array([[1.0, 0.0], [1.0, 0.0]]), (WEEKDAYS, WEEKDAYS)))
    assert waits_of(none.work) is None
    outs = []
    for problem in (case.problem, none):
        case.d = dense(problem)
        assert case.d.ready is None
        outs.append(case.run())
    for name in ("minutes", "served", "late", "cost"):
        assert getattr(outs[0], name).tobytes() == getattr(outs[1], name).tobytes()
    assert outs[1].waiting is None


def test_due_counts_from_filing_and_what_is_ready_too_late_is_late_at_once(build: Any) -> None:
    problem = build.problem_of(build.city_plan(yards=build.yards(1)), build.area_map(1), 14)
    after = Waits(np.eye(8)[[6, 0]], (WEEKDAYS, WEEKDAYS))  # due on Friday, ready on the Tuesday after
    d = dense(with_waits(problem, after))
    arrivals = np.zeros((2, 1, 14, 3, 1))
    arrivals[0, 0, 0, 0] = 1.0
    nobody = np.zeros((14, 3, 1, 3, 1))
    out = simulate(d, Crewing(nobody, nobody), np.zeros((2, 1, 20)), arrivals, np.ones(1))
    due = int(d.due_by_date[0, 0, 0])
    assert due == 4
    np.testing.assert_array_equal(out.late_all[0, 0, :, 0], np.arange(14) >= due)
    np.testing.assert_array_equal(out.late[0, 0, :, 0], np.arange(14) >= 8)
    assert out.turned_late_all[0].sum() == 1.0
    assert out.turned_late_all[0, due] == 1.0
    assert out.cost[0] == pytest.approx(d.late_cost[0] * 6), "money counts from when crews could have come"
    enough = nobody + 400.0 * d.worked[..., None, None]
    served = simulate(d, Crewing(enough, nobody), np.zeros((2, 1, 20)), arrivals, np.ones(1))
    assert served.served[0, 0, 8, 0] == pytest.approx(1.0)


def test_rosters_side_by_side_cost_what_each_costs_alone(build: Any) -> None:
    case = _Case(build, 5)
    blocks = [case.regular, case.regular * 0.5]
    both = tally(
        case.d, Crewing(np.concatenate(blocks, axis=-1), np.tile(case.held, 2)), case.opening, case.arrivals, 0
    )
    for i, block in enumerate(blocks):
        alone = tally(case.d, Crewing(block, case.held), case.opening, case.arrivals, 0)
        np.testing.assert_array_equal(both.cost[i * DRAWS : (i + 1) * DRAWS], alone.cost)


def test_a_plan_gone_on_with_from_a_later_date_ends_as_it_did(build: Any) -> None:
    case = _Case(build, 6)
    out = case.run()
    assert out.starts is not None
    rest = tally(case.d, Crewing(case.regular, case.held), out.starts[3], case.arrivals, 3)
    np.testing.assert_allclose(rest.late_days, out.late[:, :, 3:].sum(axis=2), atol=1e-9)


def test_the_solver_sees_jobs_from_when_they_are_ready_and_late_from_when_they_are_due(build: Any) -> None:
    case = _Case(build, 7)
    duty = np.ones((DAYS, 3, DRAWS), dtype=bool)
    held = np.zeros((*case.d.worked.shape, 3), dtype=np.int64)
    s = pool(case.d, case.opening, case.arrivals, duty, held, case.weight, DRAWS)
    seen = s.added.sum(axis=3) + s.day_added[..., -1]
    whole = (case.opening.sum(axis=2)[..., None] + workable(case.d, case.arrivals).sum(axis=(2, 3))).sum(axis=1)
    np.testing.assert_allclose(s.weight @ seen.sum(axis=1), whole @ case.weight, rtol=1e-6)
    nobody = np.zeros_like(case.regular)
    out = simulate(case.d, Crewing(nobody, nobody), case.opening, case.arrivals, case.weight)
    for h in range(DAYS - 1):
        until = s.last_period[h]
        there = s.added[..., : until + 1].sum(axis=3) + s.day_added[..., h]
        late = s.weight @ (there - s.not_due[..., h]).sum(axis=1)
        np.testing.assert_allclose(late, out.late[:, :, h].sum(axis=1) @ case.weight, atol=1e-5)


def test_of_the_open_requests_those_filed_that_cannot_be_ready_yet_wait() -> None:
    waits = Waits(np.array([[0.5, 0.0, 0.5]]), (WEEKDAYS,))
    friday = np.full(4, (MONDAY - timedelta(days=3)).toordinal())
    few = open_ready_on(waits, 0, friday, np.full(4, 100.0), MONDAY.toordinal(), 5)
    np.testing.assert_allclose(few, np.tile([0, 1.0, 0, 0, 0, 0], (4, 1)), err_msg="50 of 100 wait: all 4 open ones do")
    many = open_ready_on(waits, 0, friday, np.full(4, 4.0), MONDAY.toordinal(), 5)
    np.testing.assert_allclose(many, np.tile([0.5, 0.5, 0, 0, 0, 0], (4, 1)))
    old = open_ready_on(waits, 0, friday - 7, np.full(4, 100.0), MONDAY.toordinal(), 5)
    np.testing.assert_allclose(old[:, 0], 1.0)


@pytest.mark.parametrize("days_before", [0, 2])
def test_a_published_plan_parts_its_backlog_and_keeps_every_job(build: Any, days_before: int) -> None:
    plan, areas = build.city_plan(yards=build.yards(1)), build.area_map(3)
    waits = Waits(np.array([[0.25, 0.25, 0.25, 0.25], [1.0, 0, 0, 0]]), (WEEKDAYS, WEEKDAYS))
    plain = build.problem_of(plan, areas, 6, skip=days_before)
    paths = build.paths_of(plan, areas, 6 + days_before, 10)
    backlog = pd.concat([build.backlog_of(areas, "pothole", 9, age_days=a) for a in (1.5, 20)], ignore_index=True)
    bare, waiting = (
        posed(_given(build, problem, paths, areas, backlog), silent) for problem in (plain, with_waits(plain, waits))
    )
    assert waiting.dense.ready is not None
    assert waiting.dense.ready.waiting is not None
    assert waiting.dense.ready.waiting[0].sum() > 0
    assert waiting.work.opening[0, :, :OVERDUE_BUCKETS].sum() >= 9 * 0.8, "what is three weeks old is ready"
    whole = whole_opening(waiting.dense, waiting.work.opening)
    np.testing.assert_allclose(_mean(whole, waiting.weight), _mean(bare.work.opening, bare.weight))


def _mean(opening: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Jobs by category, (J,)."""
    return (opening @ weight if opening.ndim == 4 else opening).sum(axis=(1, 2))


def _given(build: Any, problem: Any, paths: Any, areas: Any, backlog: pd.DataFrame) -> Any:
    from allocation.given import Given

    by_shift = build.split(paths, (0.6, 0.9, 1.0))
    return Given(problem, paths, by_shift, areas, backlog, build.weather_of(paths), {}, 7)
