"""The Poisson regression behind the long view and the short candidate."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor

from models.response.glm import Response, fit_response

DAYS = 3000


def made(catastrophe: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of exposure 2 to 10 that double with one column, halve with another, and ignore a third."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(DAYS, 3))
    exposure = np.linspace(2, 10, DAYS)
    mean = exposure * np.exp(x[:, 0] * np.log(2.0) - x[:, 1] * np.log(2.0) / 2)
    counts = rng.poisson(mean * rng.gamma(4, 0.25, DAYS)).astype(float)
    if catastrophe:
        counts[np.argmax(x[:, 2])] = 4000
    return counts, exposure, x


def fit(counts: np.ndarray, exposure: np.ndarray, x: np.ndarray) -> Response:
    return fit_response(counts, exposure, {"one": x}, np.ones(len(counts), dtype=bool), np.ones(len(counts)))


def test_effects_are_found_whatever_the_exposure() -> None:
    effect = fit(*made()).blocks["one"]
    np.testing.assert_allclose(effect.coef / effect.scale, [np.log(2.0), -np.log(2.0) / 2, 0.0], atol=0.05)


def test_one_catastrophic_day_counts_for_less_than_in_a_plain_poisson_regression() -> None:
    counts, exposure, x = made(catastrophe=True)
    plain = PoissonRegressor(alpha=1e-3).fit(x, counts / exposure, sample_weight=exposure)
    effect = fit(counts, exposure, x).blocks["one"]
    assert abs(effect.coef[2]) < 0.6 * abs(plain.coef_[2])
    assert effect.coef[0] == pytest.approx(np.log(2.0), abs=0.15)


def test_expected_requests_add_up_to_what_was_filed() -> None:
    counts, exposure, x = made(catastrophe=True)
    assert (exposure * np.exp(fit(counts, exposure, x).log({"one": x}))).sum() == pytest.approx(counts.sum(), rel=1e-6)


def test_a_missing_value_has_no_effect_and_an_extreme_one_no_more_than_was_seen() -> None:
    counts, exposure, x = made()
    response = fit(counts, exposure, x)
    nothing = response.blocks["one"].log(np.full((1, 3), np.nan))
    assert nothing == pytest.approx(0.0)
    far = response.blocks["one"].log(np.array([[1e6, 0.0, 0.0]]))
    seen = response.blocks["one"].log(np.array([[x[:, 0].max(), 0.0, 0.0]]))
    assert far == pytest.approx(seen)


@pytest.mark.parametrize("columns", [np.zeros((DAYS, 2)), np.full((DAYS, 2), np.nan)])
def test_columns_that_never_move_and_counts_of_nothing_are_no_error(columns: np.ndarray) -> None:
    counts, exposure, _ = made()
    assert (fit(counts, exposure, columns).blocks["one"].coef == 0).all()
    assert (fit(0 * counts, exposure, columns).blocks["one"].coef == 0).all()
