"""Where the last days' rows are still to come and it is known how many, levels are those of the whole days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.forecaster import draws_of
from models.long_view.model import LongViewParams, fit_long

SHARES = np.array([0.98, 0.97, 0.95, 0.93, 0.9, 0.87, 0.83, 0.78, 0.72, 0.64, 0.55, 0.44, 0.3, 0.15])


def late(known: Known) -> Known:
    """The last fortnight as far as it is reported by now."""
    counts = known.demand.counts.copy()
    counts[0, :, -14:] = generator(8, "late").binomial(counts[0, :, -14:], SHARES)
    share = np.ones((1, counts.shape[2]))
    share[0, -14:] = SHARES
    return replace(known, demand=replace(known.demand, counts=counts, reported_share=share))


@pytest.fixture
def wandering(city_known: Callable[..., Known]) -> Known:
    """A city whose level wanders, so that it is read from the last weeks."""
    rng = generator(4, "level")
    level = 8.0 * np.exp(np.cumsum(rng.normal(0.0, 0.03, 800)))
    level /= level[-60:].mean() / 8.0
    return city_known(areas=4, counts=rng.poisson(level, (1, 4, 800)).astype(np.int32))


@pytest.mark.parametrize("name", ["exponential_smoothing", "glm_poisson", "recent_weekdays"])
def test_the_next_fortnight_is_that_of_the_whole_days(name: str, wandering: Known) -> None:
    forecaster = forecasters((name,))[0]

    def expected(known: Known) -> float:
        fitted = forecaster.fit(known, "pothole", forecaster.params(), 1, silent)
        return float(fitted.paths(known, None, draws_of(1, 300, None), 14).mean())

    assert expected(late(wandering)) == pytest.approx(expected(wandering), rel=0.06)


def test_the_levels_of_the_long_view_are_those_of_the_whole_days(wandering: Known) -> None:
    found, asked = (fit_long(k, "pothole", LongViewParams()).levels for k in (late(wandering), wandering))
    np.testing.assert_allclose(found, asked, rtol=0.05)
