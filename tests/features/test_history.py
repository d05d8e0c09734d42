from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.history import ewma, lagged, log_ratio, shifted, trailing_mean, window_max, window_sum

COUNTS = arrays(np.int32, st.tuples(st.integers(1, 3), st.integers(2, 60)), elements=st.integers(0, 50))


@given(COUNTS, st.sampled_from([1, 7, 28]))
def test_a_trailing_mean_is_the_mean_of_the_days_there_are(counts: np.ndarray, days: int) -> None:
    mean = trailing_mean(counts, days)
    for t in range(counts.shape[1]):
        np.testing.assert_allclose(mean[:, t], counts[:, max(0, t - days + 1) : t + 1].mean(axis=1), rtol=1e-12)


@given(COUNTS, st.sampled_from([3.0, 28.0]))
def test_a_smoothed_level_is_the_weighted_mean_with_halving_weights(counts: np.ndarray, half_life: float) -> None:
    last = counts.shape[1] - 1
    weight = 0.5 ** ((last - np.arange(last + 1)) / half_life)
    np.testing.assert_allclose(ewma(counts, half_life)[:, last], counts @ weight / weight.sum(), rtol=1e-9, atol=1e-9)


@given(COUNTS, st.integers(1, 59))
def test_what_follows_a_day_does_not_change_its_bits(counts: np.ndarray, cut: int) -> None:
    cut = min(cut, counts.shape[1] - 1)
    for summary in (lambda c: ewma(c, 14), lambda c: trailing_mean(c, 7)):
        assert summary(counts)[:, :cut].tobytes() == summary(counts[:, :cut]).tobytes()


def test_a_ratio_of_few_requests_is_shrunk_to_none() -> None:
    slow = np.array([0.01, 10.0])
    weak, strong = log_ratio(np.array([0.0, 0.0]), slow, 7.0)
    np.testing.assert_allclose(log_ratio(slow, slow, 7.0), 0, atol=1e-12)
    assert weak > strong < 0


def test_windows_look_back_and_say_where_they_are_incomplete() -> None:
    rain = np.array([1.0, 2.0, 0.0, 5.0])
    np.testing.assert_array_equal(window_sum(rain, 2), [np.nan, 3, 2, 5])
    np.testing.assert_array_equal(window_max(rain, 3), [np.nan, np.nan, 2, 5])
    np.testing.assert_array_equal(lagged(rain, 3), [np.nan, np.nan, np.nan, 1])
    np.testing.assert_array_equal(lagged(rain, 9), [np.nan] * 4)
    np.testing.assert_array_equal(shifted(rain[None], 1)[0], [np.nan, 1, 2, 0])
    np.testing.assert_array_equal(shifted(rain[None], 9)[0], [np.nan] * 4)


def test_paths_on_further_axes_are_windowed_each_for_itself() -> None:
    paths = np.random.default_rng(0).random((40, 5))
    together = window_sum(paths, 7)
    for p in range(5):
        assert together[:, p].tobytes() == window_sum(paths[:, p].copy(), 7).tobytes()
