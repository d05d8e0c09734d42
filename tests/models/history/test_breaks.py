"""The pieces of the search for steps, each against what it should give by hand."""

from __future__ import annotations

import numpy as np
import pytest

from domain.chance import generator
from models.history.breaks import levels, long_run_variance, partition, tamed
from models.history.record import runs


def test_the_partition_steps_where_the_series_does() -> None:
    noise = generator(1, "noise").normal(0, 0.1, 120)
    series = noise + np.repeat([0.0, 1.0, 0.2], [50, 30, 40])
    steps = partition(series, 0.01)
    assert steps == [50, 80]
    assert levels(series, steps)[[0, 60, 119]] == pytest.approx([0.0, 1.0, 0.2], abs=0.1)


def test_the_partition_is_the_best_of_all_partitions() -> None:
    series = np.array([0.0, 0.1, 5.0, 5.2, 5.1, 0.2, 0.0])
    assert partition(series, 0.05) == [2, 5]
    assert partition(series, 100.0) == []


def test_errors_that_resemble_their_neighbours_are_worth_less() -> None:
    rng = generator(2, "noise")
    white = rng.normal(0, 1, 4000)
    linked = np.zeros(4000)
    for t in range(1, 4000):
        linked[t] = 0.6 * linked[t - 1] + white[t]
    assert long_run_variance(white) == pytest.approx(1.0, rel=0.3)
    assert long_run_variance(linked) == pytest.approx(1 / 0.4**2, rel=0.4)


def test_steps_do_not_count_as_variance() -> None:
    series = generator(3, "noise").normal(0, 0.3, 400)
    assert long_run_variance(series + np.repeat([0.0, 3.0], 200)) == pytest.approx(long_run_variance(series), rel=0.1)


def test_one_wild_week_is_drawn_back_and_a_step_is_not() -> None:
    series = np.zeros(40)
    series[20] = 9.0
    series[30:] = 2.0
    calm = tamed(series, 0.01)
    assert calm[20] == pytest.approx(0.3)
    assert (calm[30:] == 2.0).all()


def test_stretches_of_true_are_named_by_first_and_last() -> None:
    assert runs(np.array([True, True, False, True])) == [(0, 1), (3, 3)]
    assert runs(np.zeros(3, dtype=bool)) == []
