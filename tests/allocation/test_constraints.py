"""Rows of single constraints taken alone, and each left out of the solver once: what it forbids then happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation import constraints, solve
from allocation.constraints import Columns, Rows, columns
from allocation.dense import Dense, dense
from allocation.solve import CONSTRAINTS
from allocation.surrogate import Surrogate, pool
from allocation.work import buckets


def _town(build: Any, *, days: int = 2, stopped: tuple[int, ...] = ()) -> tuple[Dense, Surrogate]:
    """One yard, 2 patching crews, a day and an evening shift, 30 overdue potholes; two draws of equal weight. In the
    second weather stops all work on the days `stopped`."""
    plan = build.city_plan(
        categories=[build.pothole],
        types=build.types[:1],
        yards=[{"name": "y", "lat": 40.0, "lon": -90.0, "crews": {"patching": 2}}],
        shifts=build.shifts[:2],
    )
    d = dense(build.problem_of(plan, build.area_map(1), days))
    opening = np.zeros((1, 1, buckets(d)))
    opening[0, 0, 0] = 30
    pace = np.ones((days, 1, 1, 2))
    pace[list(stopped), ..., 1] = 0
    held = np.zeros((days, 2, 1, 1), dtype=np.int64)
    filed = np.broadcast_to([0.0, 1.0], (1, 1, days, 2, 2))
    there, weight = np.ones((days, 1, 2), dtype=bool), np.full(2, 0.5)
    return d, pool(d, opening, filed, there, held, weight, scenarios=2, pace=pace)


def _holds(rows: Rows, c: Columns, **blocks: Any) -> np.ndarray:
    values = np.zeros(c.size)
    for name, given in blocks.items():
        values[getattr(c, name)] = given
    total = np.bincount(rows.row, rows.value * values[rows.column], minlength=len(rows.lower))
    return np.asarray((total >= rows.lower - 1e-9) & (total <= rows.upper + 1e-9))


def _without(monkeypatch: pytest.MonkeyPatch, constraint: object) -> None:
    monkeypatch.setattr(solve, "CONSTRAINTS", tuple(one for one in CONSTRAINTS if one is not constraint))


def test_weather_stops_the_jobs_of_its_draw_and_day_alone(build: Any) -> None:
    _, s = _town(build, stopped=(1,))
    c = columns(s)
    rows = constraints.weather_stops_work(s, c)
    is_stopped = s.link_pace == 0
    assert is_stopped.any(axis=1).sum() == 1, "one of the two draws"
    np.testing.assert_array_equal(s.source[s.link[is_stopped.any(axis=0), 0], 1], 1)
    assert len(rows.lower) == is_stopped.sum()
    assert _holds(rows, c, jobs=np.where(is_stopped, 0, 5)).all(), "all other work goes on"
    assert not _holds(rows, c, jobs=np.where(is_stopped, 1, 0)).any()
    assert len(constraints.weather_stops_work(_town(build)[1], c).lower) == 0


def test_without_its_rows_work_would_be_planned_in_weather_that_stops_it(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    d, s = _town(build, stopped=(0, 1))
    kept = solve.solve(d, s).entry.objective
    _without(monkeypatch, constraints.weather_stops_work)
    assert solve.solve(d, s).entry.objective < kept - 1, "jobs are late where weather stops them"


def _posted(s: Surrogate, crews: list[float], price: float) -> Surrogate:
    return replace(s, posted=np.array(crews), change_price=np.full(len(crews), price))


def test_a_change_is_counted_up_and_down_and_not_where_no_roster_was_known(build: Any) -> None:
    _, s = _town(build)
    s = _posted(s, [2, 0, np.nan, np.nan], 20.0)
    c = columns(s)
    rows = constraints.changes_are_counted(s, c)
    assert (c.changed.size, len(rows.lower)) == (2, 4)
    assert _holds(rows, c, crews=[2, 0, 1, 1]).all(), "as posted; the second day has no roster to leave"
    assert not _holds(rows, c, crews=[1, 0, 0, 0]).all(), "one fewer"
    assert not _holds(rows, c, crews=[2, 1, 0, 0]).all(), "one more"
    assert _holds(rows, c, crews=[1, 1, 0, 0], changed=[1, 1]).all()
    assert not _holds(rows, c, crews=[0, 2, 0, 0], changed=[1, 1]).all(), "two each"


def test_crews_held_ready_are_there_as_posted(build: Any) -> None:
    _, s = _town(build)
    s = replace(_posted(s, [2, 0, 2, 0], 20.0), held=np.array([1, 0, 0, 0]))
    c = columns(s)
    rows = constraints.changes_are_counted(s, c)
    assert _holds(rows, c, crews=[1, 0, 2, 0]).all()
    assert not _holds(rows, c, crews=[2, 0, 2, 0]).all()


def test_without_its_rows_a_dear_change_would_cost_nothing(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    d, s = _town(build)
    best = solve.solve(d, s).crews[:, :, 0, 0].ravel()
    other = 2.0 - best
    s = _posted(s, other.tolist(), 1e5)
    assert solve.solve(d, s).crews[:, :, 0, 0].ravel().tolist() == other.tolist()
    _without(monkeypatch, constraints.changes_are_counted)
    assert solve.solve(d, s).crews[:, :, 0, 0].ravel().tolist() == best.tolist()
