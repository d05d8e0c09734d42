"""The pieces of exponential smoothing: level, weekday profile, dispersion, residual days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from domain.chance import generator
from models.residual_days import residual_days
from models.smoothing import log_likelihood, shape_of, smooth, weekday_profile

WEEKDAY = np.array([1.4, 1.3, 1.2, 1.2, 1.1, 0.4, 0.4])
DATES = pd.date_range("2022-01-03", periods=728, freq="D", unit="us")


def test_the_level_is_the_recursion_of_exponential_smoothing() -> None:
    counts = generator(1, "counts").poisson(3.0, (2, 100)).astype(np.int32)
    found = smooth(counts, DATES[:100], 0.1, 0.0).level
    level = counts[:, :28].mean(axis=1)
    for t in range(100):
        level = level + 0.1 * (counts[:, t] - level)
        assert found[:, t] == pytest.approx(level)


def test_the_weekday_profile_of_a_year_is_found_and_has_mean_one() -> None:
    weekday = DATES.day_of_week.to_numpy()
    profile = weekday_profile((100 * WEEKDAY[weekday]).astype(np.int32), weekday)
    assert profile.mean(axis=1) == pytest.approx(np.ones(728))
    assert profile[-1] == pytest.approx(WEEKDAY / WEEKDAY.mean(), rel=0.1)


def test_the_profile_of_a_day_knows_nothing_of_later_days() -> None:
    weekday = DATES.day_of_week.to_numpy()
    city = generator(2, "city").poisson(20.0, 728).astype(np.int32)
    changed = city.copy()
    changed[500:] *= 9
    assert weekday_profile(city, weekday)[499].tolist() == weekday_profile(changed, weekday)[499].tolist()
    assert weekday_profile(city, weekday)[500].tolist() != weekday_profile(changed, weekday)[500].tolist()


def test_means_ahead_repeat_the_weekdays() -> None:
    counts = (50 * WEEKDAY[DATES.day_of_week.to_numpy()]).astype(np.int32)[None]
    mean = smooth(counts, DATES, 0.05, 1.0).mean(727, 14)
    assert mean[0, :7] == pytest.approx(mean[0, 7:])
    assert mean[0, :7] == pytest.approx(50 * WEEKDAY, rel=0.1)


@given(st.integers(0, 30), st.floats(0.01, 30), st.sampled_from([0.1, 1.0, 8.0]))
def test_the_likelihood_is_the_negative_binomial_one(count: int, mean: float, shape: float) -> None:
    expected = nbinom.logpmf(count, shape, shape / (shape + mean))
    assert log_likelihood(np.array([count]), np.array([mean]), shape) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("shape", [0.2, 1.0, 6.0])
def test_the_shape_that_made_the_counts_is_found(shape: float) -> None:
    rng = generator(3, shape)
    counts = rng.poisson(4.0 * rng.gamma(shape, 1 / shape, 20_000))
    assert shape_of(counts, np.full(20_000, 4.0)) == shape


def test_residual_days_leave_the_mean_where_it_is() -> None:
    rng = generator(4, "counts")
    counts = rng.poisson(rng.gamma(1, 1, 728) * np.array([[0.3], [2.0], [5.0]])).astype(np.int32)
    found = residual_days(counts, smooth(counts, DATES, 0.05, 1.0), 14, 364, 1.0, 4.0)
    factor = found.city_shape * found.city_scale * found.area_shape * found.area_scale
    assert found.size == 364 - 14 + 1
    assert found.length == 14
    assert factor.mean(axis=1) == pytest.approx(np.ones((3, 14)))


def test_a_busy_day_everywhere_stays_a_busy_day_everywhere() -> None:
    rng = generator(5, "counts")
    counts = rng.poisson(0.5, (40, 728)).astype(np.int32)
    counts[:, 700] = 5
    found = residual_days(counts, smooth(counts, DATES, 0.02, 0.0), 7, 364, 2.0, 20.0)
    city = found.city_shape * found.city_scale
    start, step = np.unravel_index(int(city.argmax()), city.shape)
    assert 728 - 1 - 364 + start + 1 + step == 700
    assert city.max() > 5


def test_short_histories_give_short_blocks() -> None:
    counts = generator(6, "counts").poisson(2.0, (2, 56)).astype(np.int32)
    found = residual_days(counts, smooth(counts, DATES[:56], 0.05, 1.0), 60, 728, 2.0, 2.0)
    assert found.length == 14
    assert found.size == 56 - 14 - 27
