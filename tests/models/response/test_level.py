"""Levels, memory and shares beside the response."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from domain.panel import Known
from models.response.city import fit_city, history_of, tame_counts
from models.response.level import causal_level, centred_level
from models.response.memory import columns, learn_memory, states
from models.response.shares import HALF_LIVES, choose_half_life, shares


def test_a_level_follows_demand_with_the_response_taken_out() -> None:
    response = 1 + 0.5 * np.sin(np.arange(2000) / 58)
    counts = 7.0 * response
    assert causal_level(counts, response, 60)[-1] == pytest.approx(7.0)
    np.testing.assert_allclose(centred_level(counts, response, 60), 7.0)


def test_a_centred_level_sees_a_step_from_both_sides() -> None:
    counts = np.where(np.arange(1000) < 500, 2.0, 8.0)
    level = centred_level(counts, np.ones(1000), 30)
    assert level[500] == pytest.approx(5.0, abs=0.3)
    assert causal_level(counts, np.ones(1000), 30)[499] == pytest.approx(2.0)


def test_one_hurricane_hardly_moves_the_level() -> None:
    counts = np.full(1000, 5.0)
    counts[990] = 5000.0
    tame = tame_counts(counts, np.ones(1000), 60, 7)
    assert tame[990] < 50
    assert (tame[:990] == 5.0).all()
    assert causal_level(tame, np.ones(1000), 60)[-1] < 6.0


def test_memory_fades_with_the_lead_and_never_answers_more_with_less() -> None:
    rng = np.random.default_rng(5)
    bursts = np.exp(np.convolve(rng.normal(0, 0.5, 3010), 0.6 ** np.arange(11))[:3000])
    counts = rng.poisson(8 * bursts).astype(float)
    level, fitted = np.full(3000, counts.mean()), np.ones(3000)
    state = states(counts, fitted, level)
    memory = learn_memory(counts, fitted, level, state, 56, 1e9, np.ones(len(counts)))
    assert (memory.response.blocks["memory"].coef >= 0).all()
    busy, usual = np.array([1.0, 0.5]), np.zeros(2)
    leads = np.array([1.0, 7.0, 14.0, 60.0])
    more = memory.log(busy, leads) - memory.log(usual, leads)
    assert more[0] > 0.1
    assert (np.diff(more) < 0).all()
    assert columns(busy, leads).shape == (4, 4)


def test_shares_sum_to_one_and_short_memory_is_chosen_where_shares_move() -> None:
    rng = np.random.default_rng(6)
    steady = rng.poisson(np.array([1.0, 2.0, 3.0])[:, None] * np.ones(2000)).astype(np.int32)
    moving = rng.poisson(np.stack([np.linspace(0.2, 6, 2000), np.linspace(6, 0.2, 2000)])).astype(np.int32)
    np.testing.assert_allclose(shares(steady, 365.0).sum(axis=0), 1.0)
    assert choose_half_life(steady, 56) == HALF_LIVES[-1]
    assert choose_half_life(moving, 56) == HALF_LIVES[0]


def test_a_history_cut_short_gives_the_same_columns(city_known: Callable[..., Known]) -> None:
    """No column of a day looks at a later one."""
    history = history_of(city_known(days=900, areas=2), "pothole")
    early = history_of(city_known(days=900, areas=2), "pothole").days(700)
    for name, x in early.columns.items():
        np.testing.assert_array_equal(x, history.columns[name][:700])
    fit = fit_city(early, 56.0, 7, 56, 1000.0, np.ones(len(early.counts)))
    assert fit.fitted.shape == (700,)
    assert np.isfinite(fit.fitted).all()
