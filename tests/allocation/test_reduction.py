from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.reduction import reduce, upper_mean
from domain.chance import generator


@given(st.integers(1, 200), st.integers(1, 20), st.integers(0, 10))
@settings(max_examples=60)
def test_kept_draws_are_distinct_and_their_weights_sum_to_one(draws: int, size: int, seed: int) -> None:
    rng = generator(seed, "reduction")
    load = np.round(rng.gamma(0.5, 10, draws), 1)
    kept = reduce(load, rng.normal(size=(draws, 3)), rng.random(draws) + 0.01, size)
    assert len(kept.index) == len(set(kept.index.tolist())) <= size
    assert kept.weight.min() > 0
    assert abs(kept.weight.sum() - 1) < 1e-9


def test_the_tail_is_kept() -> None:
    load = generator(1, "heavy tail").lognormal(0.0, 1.0, 400)
    kept = reduce(load, load[:, None], np.full(400, 1 / 400), 12)
    assert load[kept.index].max() > np.quantile(load, 0.98)
    assert kept.error_tail < 0.15
    assert kept.error_mean < 0.05


def test_few_draws_are_all_kept_without_error() -> None:
    kept = reduce(np.arange(5.0), np.zeros((5, 1)), np.full(5, 0.2), 12)
    assert kept.index.tolist() == [0, 1, 2, 3, 4]
    assert kept.error_mean == kept.error_tail == 0


def test_upper_mean_is_the_mean_of_the_heaviest_share() -> None:
    assert upper_mean(np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 0.25), 0.5) == 3.5


@pytest.mark.parametrize("size", [8, 20, 50])
def test_the_stated_errors_are_those_of_the_draws_kept_and_the_tail_s_is_small(size: int) -> None:
    rng = generator(3, "loads")
    load = rng.gamma(2.0, 50.0, 400) * np.where(rng.random(400) < 0.05, 3.0, 1.0)
    weight = np.full(400, 1 / 400)
    kept = reduce(load, np.column_stack([load, rng.random(400)]), weight, size)
    heaviest = np.sort(load)[-20:].mean()
    assert abs(upper_mean(load[kept.index], kept.weight, 0.05) / heaviest - 1) == pytest.approx(kept.error_tail)
    assert abs(load[kept.index] @ kept.weight / load.mean() - 1) == pytest.approx(kept.error_mean)
    assert kept.error_tail < 0.08
    assert kept.error_mean < 0.1
