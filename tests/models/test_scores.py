"""Scores against closed forms, brute force, and the independent scorer."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erf

from domain.chance import generator
from domain.panel import Floats, Ints
from models.scores import LEVELS, coverage, crps, levels, origin_scores, randomised_pit, summarise, wape


def brute_force(outcome: float, draws: Floats) -> float:
    """E|X - y| - E|X - X'| / 2 by all pairs."""
    between = np.abs(draws[:, None] - draws[None, :]).mean()
    return float(np.abs(draws - outcome).mean() - between / 2)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(0, 60))
def test_crps_is_the_double_sum_over_draws(draws: list[int], outcome: int) -> None:
    sample = np.array([draws], dtype=float)
    assert crps(np.array([float(outcome)]), sample)[0] == pytest.approx(brute_force(outcome, sample[0]), abs=1e-9)


def test_crps_of_many_normal_draws_is_the_closed_form() -> None:
    draws = generator(1, "normal").normal(size=(1, 200_000))
    y = 0.7
    density, cumulative = np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi), 0.5 * (1 + erf(y / np.sqrt(2)))
    closed = y * (2 * cumulative - 1) + 2 * density - 1 / np.sqrt(np.pi)
    assert crps(np.array([y]), draws)[0] == pytest.approx(closed, abs=0.005)


@given(st.integers(0, 30), st.integers(0, 30))
def test_crps_of_a_point_forecast_is_its_absolute_error(outcome: int, forecast: int) -> None:
    draws = np.full((1, 7), float(forecast))
    assert crps(np.array([float(outcome)]), draws)[0] == pytest.approx(abs(outcome - forecast))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=9), st.integers(0, 9), st.integers(1, 20))
def test_crps_shifts_and_scales_with_the_data(draws: list[int], outcome: int, factor: int) -> None:
    sample, y = np.array([draws], dtype=float), np.array([float(outcome)])
    moved = crps(y * factor + 3, sample * factor + 3)[0]
    assert moved == pytest.approx(factor * crps(y, sample)[0], abs=1e-9)


def test_the_right_law_scores_better_than_a_biased_or_an_overconfident_one() -> None:
    rng = generator(2, "law")
    outcomes = rng.poisson(5.0, 4000).astype(float)
    right, biased = rng.poisson(5.0, (4000, 200)), rng.poisson(7.0, (4000, 200))
    confident = np.full((4000, 200), 5.0)
    score = crps(outcomes, right).mean()
    assert score < crps(outcomes, biased).mean()
    assert score < crps(outcomes, confident).mean()


def test_randomised_pit_of_the_right_count_law_is_uniform_where_plain_coverage_flatters() -> None:
    rng = generator(3, "pit")
    outcomes = rng.poisson(0.4, 20_000).astype(float)
    draws = rng.poisson(0.4, (20_000, 400)).astype(float)
    pit = randomised_pit(outcomes, draws, generator(3, "break ties"))
    deciles = np.histogram(pit, bins=10, range=(0, 1))[0] / len(pit)
    assert np.abs(deciles - 0.1).max() < 0.012
    assert coverage(pit, 0.5) == pytest.approx(0.5, abs=0.015)
    low, high = np.quantile(draws, [0.25, 0.75], axis=1)
    assert ((outcomes >= low) & (outcomes <= high)).mean() > 0.6


def test_coverage_counts_the_central_share() -> None:
    assert coverage(np.array([0.05, 0.2, 0.5, 0.95]), 0.8) == 0.5


def test_wape_is_the_error_of_the_median_over_all_outcomes() -> None:
    draws = np.array([[0.0, 1.0, 5.0], [2.0, 2.0, 2.0]])
    assert wape(np.array([3.0, 1.0]), draws) == pytest.approx((2 + 1) / 4)
    assert wape(np.zeros(1), np.ones((1, 3))) == 1.0


def test_levels_are_sums_of_draws_over_whole_weeks() -> None:
    samples = generator(4, "levels").poisson(2.0, (3, 16, 5)).astype(np.int32)
    found = {level.name: level for level in levels(samples[:, :, 0], samples)}
    assert tuple(found) == LEVELS
    assert found["area-day"].draws.shape == (48, 5)
    assert found["area-week"].draws.shape == (6, 5)
    assert found["city-week"].draws[1].tolist() == samples[:, 7:14].sum(axis=(0, 1)).tolist()
    assert found["city-day"].outcomes[15] == samples[:, 15, 0].sum()


def test_horizons_under_a_week_have_no_week_levels() -> None:
    samples = np.ones((2, 6, 4), dtype=np.int32)
    assert [level.name for level in levels(samples[:, :, 0], samples)] == ["area-day", "city-day"]


def test_sums_over_origins_equal_scores_of_all_cells_at_once() -> None:
    rng = generator(5, "sums")
    truth, draws = rng.poisson(1.0, (4, 3, 14)).astype(np.int32), rng.poisson(1.0, (4, 3, 14, 50)).astype(np.int32)
    rows = [origin_scores(truth[o], draws[o], 1) for o in range(4)]
    table = summarise(pd.concat(rows), ["level"]).set_index("level")
    every = draws.reshape(-1, 50).astype(float)
    expected = crps(truth.reshape(-1).astype(float), every).sum() / truth.sum()
    assert table.loc["area-day", "crps"] == pytest.approx(expected)


@pytest.mark.shared_data
@pytest.mark.parametrize("seed", [1, 2])
def test_the_four_levels_score_as_the_independent_scorer_does(shared_data: Path, seed: int) -> None:
    scorer = _scorer(shared_data.parent / "scoring" / "score.py")
    rng = generator(seed, "scorer")
    truth: Ints = rng.poisson(1.5, (5, 14, 6)).astype(np.int32)
    draws: Ints = rng.poisson(rng.gamma(2, 0.7, (5, 14, 6, 1)), (5, 14, 6, 300)).astype(np.int32)
    theirs = scorer.evaluate(truth, draws)
    rows = [origin_scores(t.T, np.moveaxis(d, 1, 0), seed) for t, d in zip(truth, draws, strict=True)]
    ours = summarise(pd.concat(rows), ["level"]).set_index("level")
    for level in LEVELS:
        for figure in ("crps", "wape"):
            assert ours.loc[level, figure] == pytest.approx(theirs[level][figure], rel=1e-9)
        for figure in ("cover80", "cover95"):  # ties are broken by other random numbers
            assert ours.loc[level, figure] == pytest.approx(theirs[level][figure], abs=0.2)


def _scorer(path: Path):  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("independent_scorer", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
