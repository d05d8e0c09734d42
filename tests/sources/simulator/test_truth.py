"""True paths follow the law of the history: the same daily step, many worlds at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from domain.chance import generator
from domain.errors import AsOfOutsideDataError
from sources.simulator.history import one_day
from sources.simulator.state import Incidents, repeat
from sources.simulator.step import step
from sources.simulator.truth import state_at, true_paths
from sources.simulator.world import World

ORIGIN = date(2022, 6, 19)


def one_by_one(world: World, origin: date, times: int) -> np.ndarray:
    """The 14 days after an origin lived again and again by a single world, (C, A, H, times)."""
    start = state_at(world, origin)
    histories = []
    for again in range(times):
        state, days = start, []
        rng = generator(99, "again", again)
        for day in world.days[start.day + 1 : start.day + 15]:
            weather = world.weather.values[day.index][None]
            state, lived = step(world.town, state, replace(day, mass_closing=False), weather, 0.03, rng)
            days.append(lived.counts[0])
        histories.append(np.stack(days, axis=-1))
    return np.stack(histories, axis=-1)


def test_paths_are_whole_numbers_for_each_category_area_day_and_draw(small_world: World) -> None:
    paths = true_paths(small_world, ORIGIN, 20)
    assert paths.shape == (3, 6, 14, 20)
    assert paths.dtype == np.int32
    assert paths.min() >= 0


def test_the_same_seed_draws_the_same_paths_and_another_seed_others(small_world: World) -> None:
    first, again, other = (true_paths(small_world, ORIGIN, 10, "issued", seed=s) for s in (4, 4, 5))
    assert (first == again).all()
    assert (first != other).any()


def test_paths_have_the_mean_and_variance_of_histories_lived_one_by_one(small_world: World) -> None:
    alone = one_by_one(small_world, ORIGIN, 150).astype(float)
    together = true_paths(small_world, ORIGIN, 4000).astype(float)
    for sums in (lambda x: x.sum(axis=(1, 2)), lambda x: x[:, :, :7].sum(axis=2).reshape(18, -1)):
        a, b = sums(alone), sums(together)
        error = np.hypot(a.std(axis=1) / np.sqrt(a.shape[1]), b.std(axis=1) / np.sqrt(b.shape[1]))
        assert (np.abs(a.mean(axis=1) - b.mean(axis=1)) < 3.7 * error).all()
        fourth = ((a - a.mean(axis=1, keepdims=True)) ** 4).mean(axis=1) / a.var(axis=1) ** 2
        spread = np.sqrt((fourth - 1) / a.shape[1])  # standard error of a variance, relative
        assert (np.abs(np.log(a.var(axis=1) / b.var(axis=1))) < 4 * spread + 0.1).all()


@pytest.mark.parametrize("weather", ["observed", "issued"])
def test_what_happened_ranks_evenly_among_its_own_true_paths(small_world: World, weather: str) -> None:
    """Randomised ranks of the history's counts over 20 origins are uniform: mean ½, 80 % in the central 80 %."""
    origins = [date(2021, 11, 7) + timedelta(days=15 * i) for i in range(20)]
    rng = generator(1, "ranks")
    ranks = []
    for origin in origins:
        paths = true_paths(small_world, origin, 200, weather).sum(axis=1)
        state, truth = state_at(small_world, origin), []
        for day in small_world.days[state.day + 1 : state.day + 15]:
            state, lived = one_day(small_world.town, small_world.settings, state, day, small_world.weather.values)
            truth.append(lived.counts[0].sum(axis=1))
        fact = np.stack(truth, axis=1)[..., None]
        below, equal = (paths < fact).mean(axis=-1), (paths == fact).mean(axis=-1)
        ranks.append(below + rng.uniform(size=below.shape) * equal)
    rank = np.concatenate([r.ravel() for r in ranks])
    assert abs(rank.mean() - 0.5) < 0.04
    assert abs(((rank > 0.1) & (rank < 0.9)).mean() - 0.8) < 0.05


def test_an_open_backlog_is_reported_again_in_the_paths(small_world: World) -> None:
    state = state_at(small_world, ORIGIN)
    assert len(state.incidents) > 0
    none = replace(state, incidents=Incidents.none())
    day = small_world.days[state.day + 1]
    weather = np.repeat(small_world.weather.values[day.index][None], 200, axis=0)
    with_backlog, without = (
        step(small_world.town, repeat(s, 200), day, weather, 0.0, generator(1, "day"))[1].counts.sum()
        for s in (state, none)
    )
    assert with_backlog > without * 1.05


def test_a_state_is_lived_again_exactly_from_the_last_kept_evening(small_world: World) -> None:
    kept = small_world.states[4]
    origin = small_world.settings.start + timedelta(days=kept.day)
    again = small_world.states[3]
    for day in small_world.days[again.day + 1 : kept.day + 1]:
        again, _ = one_day(small_world.town, small_world.settings, again, day, small_world.weather.values)
    assert (again.latents == kept.latents).all()
    assert (again.incidents.ident == kept.incidents.ident).all()
    assert state_at(small_world, origin).day == kept.day


def test_an_origin_outside_the_world_is_refused(small_world: World) -> None:
    with pytest.raises(AsOfOutsideDataError, match="has no day"):
        true_paths(small_world, small_world.settings.end + timedelta(days=1), 5)


def test_draws_are_simulated_in_parts_without_losing_any(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.simulator.truth.CELLS_AT_ONCE", 6 * 7)
    paths = true_paths(small_world, ORIGIN, 20)
    assert (paths.sum(axis=(0, 1, 2)) > 0).all()
