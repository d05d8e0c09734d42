"""Quantiles become whole draws with the same distribution and mean."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.draws import LEVELS, from_quantiles, probabilities, recent, whole
from domain.chance import generator


def test_draws_of_quantiles_have_those_quantiles() -> None:
    at = probabilities(LEVELS)
    values = np.stack([1000.0 * at, 5000.0 + 1000.0 * at])
    drawn = from_quantiles(at, values, 2000, generator(1, "draws"))
    assert drawn.shape == (2, 2000)
    found = np.quantile(drawn, [0.1, 0.5, 0.9], axis=1).T
    assert np.allclose(found, [[100, 500, 900], [5100, 5500, 5900]], atol=2)


def test_rounding_keeps_the_mean_of_rare_requests() -> None:
    drawn = whole(np.full(200_000, 0.07), generator(1, "whole"))
    assert set(np.unique(drawn)) == {0, 1}
    assert drawn.mean() == pytest.approx(0.07, abs=0.005)


def test_negative_and_unknown_values_become_zero() -> None:
    assert whole(np.array([-3.0, np.nan, -np.inf]), generator(1, "whole")).tolist() == [0, 0, 0]


def test_draws_of_two_days_are_independent() -> None:
    at = probabilities(LEVELS)
    drawn = from_quantiles(at, np.stack([1000.0 * at] * 2), 2000, generator(1, "draws"))
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.1


def test_probabilities_ascend_around_the_median() -> None:
    at = probabilities([80, 50])
    assert at == pytest.approx([0.1, 0.25, 0.5, 0.75, 0.9])


def test_a_quantile_too_few_is_an_error() -> None:
    with pytest.raises(ValueError, match="4 quantile values for 5"):
        from_quantiles(probabilities([80, 50]), np.ones((2, 4)), 10, generator(1, "draws"))


def test_the_stand_in_of_a_failed_series_repeats_its_own_weekdays() -> None:
    weekday = np.arange(140) % 7
    drawn = recent(weekday, 14, 50, generator(1, "recent"))
    assert (drawn == (np.arange(14) % 7)[:, None]).all()
    rising = recent(np.arange(140), 14, 400, generator(1, "recent"))
    assert rising.max() == 139
    assert rising.min() == 139 - 55
