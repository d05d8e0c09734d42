from __future__ import annotations

import numpy as np
import pytest

from models.area_sizes import FACTORS, area_sizes
from models.residuals import draw, learn_errors

ORIGINS, LEADS, AREAS = 60, 14, 12


def scattered(size: float | np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts whose areas have the given sizes around an expected level, (O, H, A) each."""
    rng = np.random.default_rng(seed)
    expected = 4.0 * rng.gamma(5, 0.2, (ORIGINS, LEADS, AREAS))
    shape = np.broadcast_to(size, expected.shape)
    return rng.poisson(expected * rng.gamma(shape, 1 / shape)).astype(np.int32), expected


@pytest.mark.parametrize("seed", range(8))
def test_areas_that_scatter_alike_keep_about_the_size_of_the_law(seed: int) -> None:
    counts, expected = scattered(3.0, seed)
    found = area_sizes(counts, expected, np.full(expected.shape, 3.0))
    assert np.abs(np.log(found)).max() <= np.log(2.0) + 1e-9
    assert np.median(found) == 1.0


def test_calm_and_wild_areas_are_told_apart() -> None:
    sizes = np.where(np.arange(AREAS) % 2, 12.0, 1.0)
    found = area_sizes(*scattered(sizes, 3), np.full((ORIGINS, LEADS, AREAS), 3.0))
    assert found[1::2].min() > 1.9
    assert found[::2].max() < 0.6
    assert set(found.round(9)) <= set(FACTORS.round(9))


def test_ranges_fit_calm_and_wild_areas_alike_and_would_not_without_their_own_sizes() -> None:
    sizes = np.where(np.arange(AREAS) % 2, 20.0, 0.7)
    law = learn_errors(*scattered(sizes, 5))
    later, expected = scattered(sizes, 6)
    day = expected[:, 0].T[:, :, None]  # each held-out day stands for a lead of its own
    inside = {}
    for name, own in (("own", law.area_sizes), ("one", np.ones(AREAS))):
        flat, calm = np.ones((1, ORIGINS)), np.ones(1, dtype=bool)
        alike = type(law)(flat, flat, calm, 0.0, law.size_scale, law.size_power, own)
        drawn = draw(alike, np.repeat(day, 1500, axis=2), np.random.default_rng(7))
        high = np.quantile(drawn, 0.9, axis=2)
        share = (high >= later[:, 0].T).mean(axis=1)
        inside[name] = np.array([share[::2].mean(), share[1::2].mean()])
    assert np.abs(inside["own"] - 0.9).max() < 0.05
    assert np.ptp(inside["own"]) < 0.5 * np.ptp(inside["one"])
