"""Counts by inversion follow their law, and move with their mean alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from domain.chance import generator
from models.counting import negative_binomial_counts, poisson_counts

MEANS = np.array([0.0, 1e-6, 0.05, 0.7, 3.0, 40.0, 900.0, 1e5])


@pytest.fixture(scope="module")
def uniform() -> np.ndarray:
    drawn = generator(1, "counting").random((len(MEANS), 400))
    drawn[:, :2] = 0.0, np.nextafter(1.0, 0.0)
    return drawn


def test_poisson_counts_are_the_exact_quantiles(uniform: np.ndarray) -> None:
    mean = np.broadcast_to(MEANS[:, None], uniform.shape)
    expected = np.maximum(poisson.ppf(uniform[:, 2:], mean[:, 2:]), 0)
    assert poisson_counts(uniform, mean)[:, 2:].tolist() == expected.tolist()


@pytest.mark.parametrize("size", [0.05, 1.0, 80.0])
def test_negative_binomial_counts_are_the_exact_quantiles(uniform: np.ndarray, size: float) -> None:
    mean = np.broadcast_to(MEANS[:, None], uniform.shape)
    expected = nbinom.ppf(uniform[1:, 2:], size, size / (size + mean[1:, 2:]))
    counts = negative_binomial_counts(uniform, mean, np.full(uniform.shape, size))
    assert (counts[0] == 0).all()
    assert (counts[1:, 2:] == expected).mean() > 0.999  # a quantile on the edge of a step may round either way
    assert np.abs(counts[1:, 2:] - expected).max() <= 1


def test_the_number_nearest_to_one_gives_a_large_count_and_not_an_endless_sum(uniform: np.ndarray) -> None:
    counts = poisson_counts(uniform, np.broadcast_to(MEANS[:, None], uniform.shape))
    assert (counts[:, 0] == 0)[:6].all()
    assert (counts[2:, 1] > MEANS[2:]).all()
    assert counts[3, 1] < 30


def test_a_higher_mean_never_gives_a_lower_count(uniform: np.ndarray) -> None:
    mean = np.broadcast_to(MEANS[:, None], uniform.shape)
    assert (poisson_counts(uniform, 1.2 * mean) >= poisson_counts(uniform, mean)).all()


def test_the_number_zero_gives_no_request_however_many_are_expected() -> None:
    """scipy's quantile of it is −1."""
    nothing, mean = np.zeros(3), np.array([0.1, 3000.0, 1e6])
    assert poisson_counts(nothing, mean).tolist() == [0, 0, 0]
    assert negative_binomial_counts(nothing, mean, np.full(3, 2.0)).tolist() == [0, 0, 0]
