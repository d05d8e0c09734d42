"""What a city expects, and how sure it is, in the months after a hurricane and after a gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints, Known
from domain.progress import silent
from domain.words import WEATHER_VARIABLES
from models.catalogue import forecasters
from models.forecaster import draws_of
from models.weather_ensemble import weather_paths

DAYS, AT = 1400, 1260
QUICK = {
    "members": [
        {"forecaster": "exponential_smoothing"},
        {"forecaster": "glm_poisson", "params": {"half_lives": [56.0]}, "weight": 2},
        {"forecaster": "lightgbm_poisson", "params": {"rounds": 40, "max_rows": 10_000}, "weight": 3},
    ],
    "num_threads": 1,
}


@pytest.fixture(scope="module")
def town(city_known: Callable[..., Known]) -> Known:
    known = city_known(areas=3, days=DAYS, seed=5)
    assert known.weather is not None
    values = known.weather.values.copy()
    values[AT - 14 : AT + 14, WEATHER_VARIABLES.index("precipitation_mm")] = 0.0
    return replace(known, weather=replace(known.weather, values=values))


def quiet(known: Known) -> Ints:
    """(A, T): a steady city whose days scatter and whose rain counts a little."""
    assert known.weather is not None
    rng = generator(11, "quiet")
    rain = known.weather.values[-DAYS:, WEATHER_VARIABLES.index("precipitation_mm")]
    mean = 8.0 * np.exp(0.01 * rain) * np.array([[0.5], [0.3], [0.2]])
    drawn: Ints = rng.poisson(mean * rng.gamma(8.0, 1 / 8.0, DAYS)).astype(np.int32)
    return drawn


def fortnight(known: Known, counts: Ints) -> Ints:
    """(S,): requests of the next 14 days in the whole city, by the blend."""
    demand = replace(known.demand, counts=counts[None].astype(np.int32))
    known = replace(known, demand=demand)
    (blend,) = forecasters(("blend",))
    fitted = blend.fit(known, "pothole", blend.params.model_validate(QUICK), 7, silent)
    paths = weather_paths(known, 100, 14, 7)
    drawn: Ints = fitted.paths(known, paths, draws_of(7, 500, paths), 14).sum(axis=(0, 1))
    return drawn


def test_months_after_a_hurricane_the_city_expects_what_it_would_have_without_it(town: Known) -> None:
    counts = quiet(town)
    assert town.weather is not None
    stormy, wet = counts.copy(), town.weather.values.copy()
    stormy[0, AT : AT + 4] += np.array([200, 400, 300, 100], dtype=np.int32)
    wet[len(wet) - DAYS + AT : len(wet) - DAYS + AT + 3, WEATHER_VARIABLES.index("precipitation_mm")] = 150.0
    after = replace(town, weather=replace(town.weather, values=wet))
    usual, found = fortnight(town, counts), fortnight(after, stormy)
    assert found.mean() == pytest.approx(usual.mean(), rel=0.25)
    assert np.quantile(found, 0.9) < 1.5 * np.quantile(usual, 0.9)


def test_weeks_without_rows_do_not_widen_what_comes_after_them(town: Known) -> None:
    counts = quiet(town)
    gone = counts.copy()
    gone[:, AT - 120 : AT - 60] = 0
    usual, found = fortnight(town, counts), fortnight(town, gone)
    assert found.mean() == pytest.approx(usual.mean(), rel=0.2)
    width = [np.subtract(*np.quantile(draws, (0.9, 0.1))) for draws in (found, usual)]
    assert width[0] < 1.5 * width[1]
