from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation import dispatch_rule
from allocation.capacity import on_duty, present, snow_days
from allocation.dense import Dense, dense
from allocation.dispatch import Crewing, Outcome, late_cost, simulate
from allocation.value import crewing_of
from allocation.work import OVERDUE_BUCKETS, buckets
from domain.chance import generator


class _Case:
    """A small random city with its arrays."""

    def __init__(
        self, build: Any, seed: int, *, areas: int = 5, yards: int = 2, days: int = 6, mean: float = 2.0
    ) -> None:
        rng = generator(seed, "case")
        plan = build.city_plan(yards=build.yards(yards), absence_share=0.1)
        where = build.area_map(areas)
        paths = build.paths_of(plan, where, days, 20)
        self.d: Dense = dense(build.problem_of(plan, where, days))
        self.weight = paths.draws.weight
        self.arrivals = rng.poisson(mean, (2, areas, days, 3, 20)) * 0.7
        self.opening = rng.poisson(0.3 * mean, (2, areas, buckets(self.d))) * 1.1
        self.duty = on_duty(self.d, snow_days(self.d, build.weather_of(paths, 40, 2), paths.draws))
        self.crews = self._crews(rng)
        self.held = self._crews(rng) // 2

    def _crews(self, rng: np.random.Generator) -> Any:
        shape = (*self.d.worked.shape, self.d.available.shape[2])
        return rng.integers(0, 3, shape) * self.d.worked[..., None]

    def crewing(self, extra: int = 0) -> Crewing:
        crews = self.crews + extra * (self.d.worked[..., None])
        regular = present(self.d, crews, self.duty, 5, "regular")
        held = present(self.d, self.held, self.duty, 5, "held")
        return crewing_of(self.d, regular, held, crews, np.zeros(crews.shape))

    def run(self, **options: Any) -> Outcome:
        return simulate(self.d, self.crewing(), self.opening, self.arrivals, self.weight, **options)


@given(st.integers(0, 10_000), st.floats(0.0, 6.0))
@settings(max_examples=25)
def test_open_before_plus_filed_is_served_plus_open_after_in_every_draw(build: Any, seed: int, mean: float) -> None:
    case = _Case(build, seed, mean=mean)
    out = case.run()
    before = np.concatenate(
        [np.broadcast_to(case.opening.sum(axis=2)[:, :, None, None], out.open[:, :, :1].shape), out.open[:, :, :-1]],
        axis=2,
    )
    filed = case.arrivals.sum(axis=3)
    np.testing.assert_allclose(before + filed, out.served + out.open, atol=1e-6)
    assert (out.served <= before + filed + 1e-9).all()
    assert min(out.served.min(), out.open.min(), out.late.min()) >= 0
    assert (out.late <= out.open + 1e-9).all()


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_minutes_worked_never_exceed_the_crews_who_came(build: Any, seed: int) -> None:
    case = _Case(build, seed)
    out, crewing = case.run(), case.crewing()
    assert (out.minutes.sum(axis=4) <= crewing.regular + crewing.held + 1e-6).all()
    assert not out.minutes[..., 0, :][:, :, :, 1].any(), "drainage crews never patch"


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_one_more_crew_everywhere_never_costs_more_lateness(build: Any, seed: int) -> None:
    case = _Case(build, seed)
    few = late_cost(case.d, case.crewing(), case.opening, case.arrivals, 0) @ case.weight
    many = late_cost(case.d, case.crewing(extra=1), case.opening, case.arrivals, 0) @ case.weight
    assert many <= few * 1.005 + 1e-9


def test_means_by_area_add_up_to_the_draws(build: Any) -> None:
    case = _Case(build, 3)
    out = case.run(named_dates=2)
    np.testing.assert_allclose(out.minutes_by_area.sum(axis=5), out.minutes @ case.weight, atol=1e-9)
    served = np.einsum("hnykja->jah", out.served_by_area)
    np.testing.assert_allclose(served, out.served @ case.weight, atol=1e-9)
    for slot, by_area in out.area_minutes.items():
        assert slot[0] < 2
        np.testing.assert_allclose(by_area.sum(axis=1), out.minutes[slot], atol=1e-9)
    assert len(out.area_minutes) > 0


def test_late_cost_is_the_money_of_the_late_jobs(build: Any) -> None:
    case = _Case(build, 4)
    out = case.run(keep_starts=True)
    money = np.einsum("j,jahs->s", case.d.late_cost, out.late)
    np.testing.assert_allclose(out.cost, money)
    np.testing.assert_allclose(late_cost(case.d, case.crewing(), case.opening, case.arrivals, 0), money)
    assert out.starts is not None
    rest = late_cost(case.d, case.crewing(), out.starts[3], case.arrivals, 3)
    np.testing.assert_allclose(rest, np.einsum("j,jahs->s", case.d.late_cost, out.late[:, :, 3:]))


def test_the_rule_looks_only_backwards(build: Any) -> None:
    case = _Case(build, 6)
    before = case.run()
    case.arrivals[:, :, 3] = case.arrivals[:, :, 3] * 5 + 1
    after = case.run()
    np.testing.assert_array_equal(before.minutes[:3], after.minutes[:3])
    first = np.s_[3, 0, :, :, 0]
    np.testing.assert_array_equal(before.minutes[first], after.minutes[first])
    assert (before.minutes[3:] != after.minutes[3:]).any(), "the change matters later"


@given(st.integers(0, 10_000), st.floats(0.0, 3.0))
@settings(max_examples=15)
def test_cells_served_in_small_parts_give_the_bytes_of_all_served_at_once(build: Any, seed: int, mean: float) -> None:
    one, parts = _Case(build, seed, mean=mean), {}
    for size in (1, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch_rule, "PART", size)
            parts[size] = one.run(named_dates=2, keep_starts=True)
    for field in fields(Outcome):
        little, whole = (getattr(parts[size], field.name) for size in parts)
        for a, b in zip(_arrays(little), _arrays(whole), strict=True):
            assert a.tobytes() == b.tobytes(), field.name


def _arrays(value: Any) -> list[np.ndarray]:
    if value is None:
        return []
    return list(value.values()) if isinstance(value, dict) else [value]


def test_the_same_inputs_give_the_same_bytes(build: Any) -> None:
    one, other = _Case(build, 8).run(), _Case(build, 8).run()
    assert one.minutes.tobytes() == other.minutes.tobytes()
    assert one.late.tobytes() == other.late.tobytes()


def _one_crew(build: Any, areas: int = 1) -> tuple[Dense, Crewing]:
    plan = build.city_plan(
        categories=[build.pothole],
        types=build.types[:1],
        shifts=build.shifts[:1],
        yards=[{"name": "y", "lat": 39.9, "lon": -90.1, "crews": {"patching": 1}}],
    )
    d = dense(build.problem_of(plan, build.area_map(areas), 1))
    full = np.full((1, 1, 1, 1, 1), d.net_minutes[0, 0])
    return d, Crewing(full, np.zeros_like(full))


def test_the_oldest_overdue_jobs_are_served_first(build: Any) -> None:
    d, crewing = _one_crew(build)
    opening = np.zeros((1, 1, buckets(d)))
    opening[0, 0, [0, 3, OVERDUE_BUCKETS + 1]] = [3, 40, 40]
    out = simulate(d, crewing, opening, np.zeros((1, 1, 1, 1, 1)), np.ones(1))
    late = float(out.late[0, 0, 0, 0])
    assert late == pytest.approx(43 - out.served[0, 0, 0, 0]), "nothing that is not yet due was served"
    assert 3 < out.served.sum() < 43


def test_within_a_rank_the_nearest_area_comes_first(build: Any) -> None:
    d, crewing = _one_crew(build, areas=9)
    opening = np.zeros((1, 9, buckets(d)))
    opening[0, :, 0] = 10
    out = simulate(d, crewing, opening, np.zeros((1, 9, 1, 1, 1)), np.ones(1))
    served = out.served[0, :, 0, 0]
    nearest = int(np.argmin(d.drive[0]))
    assert served[nearest] == served.max() > 0
    assert served[int(np.argmax(d.drive[0]))] == 0


def test_held_crews_serve_events_of_their_own_shift_and_nothing_else(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "y", "crews": {"mixed": 2}}], shifts=build.shifts[:1])
    d = dense(build.problem_of(plan, build.area_map(1), 1))
    none = np.zeros((1, 1, 1, 3, 1))
    held = none.copy()
    held[0, 0, 0, 2] = d.net_minutes[0, 2]
    arrivals = np.full((2, 1, 1, 1, 1), 2.0)
    opening = np.zeros((2, 1, buckets(d)))
    ready = simulate(d, Crewing(none, held), opening, arrivals, np.ones(1))
    assert ready.served[:, 0, 0, 0].tolist() == [0.0, pytest.approx(2.0)]
    regular = simulate(d, Crewing(held, none), opening, arrivals, np.ones(1))
    assert regular.served.sum() == 0, "regular crews cannot know what will be filed during their shift"
