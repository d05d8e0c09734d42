"""An area that is new has few days of its own: its forecasts are of its size, neither nothing nor the city's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.forecaster import draws_of

NEW_DAYS, MEAN = 30, 3.0
QUICK = {"lightgbm_poisson": {"rounds": 40, "max_rows": 12_000, "num_threads": 1, "horizon_days": 7}}


@pytest.mark.parametrize("name", ["exponential_smoothing", "recent_weekdays", "glm_poisson", "lightgbm_poisson"])
def test_thirty_days_of_an_area_are_enough_for_a_forecast_of_its_size(
    name: str, city_known: Callable[..., Known]
) -> None:
    known = city_known(areas=6, days=800, level=MEAN)
    counts = known.demand.counts
    counts[0, 3, :-NEW_DAYS] = 0
    recent = counts[0, 3, -NEW_DAYS:].mean()
    forecaster = forecasters((name,))[0]
    fitted = forecaster.fit(known, "pothole", forecaster.params.model_validate(QUICK.get(name, {})), 1, silent)
    paths = fitted.paths(known, None, draws_of(1, 300, None), 7)
    mean = paths[3].mean()
    others = paths[[1, 2, 4]].mean()
    assert 0.35 * recent < mean < 1.7 * recent
    assert others == pytest.approx(counts[0, [1, 2, 4], -364:].mean(), rel=0.4)


@pytest.mark.parametrize("name", ["exponential_smoothing", "recent_weekdays", "glm_poisson", "lightgbm_poisson"])
def test_an_area_that_vanished_fades_away(name: str, city_known: Callable[..., Known]) -> None:
    known = city_known(areas=6, days=800, level=MEAN)
    known.demand.counts[0, 3, -182:] = 0
    forecaster = forecasters((name,))[0]
    fitted = forecaster.fit(known, "pothole", forecaster.params.model_validate(QUICK.get(name, {})), 1, silent)
    paths = fitted.paths(known, None, draws_of(1, 300, None), 7)
    assert paths[3].mean() < 0.15 * paths[[1, 2, 4]].mean()
    assert np.isfinite(paths).all()


def test_a_new_area_is_known_as_such_by_all_it_files_where_one_category_is_rare(
    city_known: Callable[..., Known],
) -> None:
    known = city_known(areas=6, days=800, level=MEAN, categories=("pothole", "flooding"))
    counts, chance = known.demand.counts, np.random.default_rng(5)
    counts[1] = chance.poisson(0.2, counts[1].shape)
    counts[:, 3, :-60] = 0
    counts[1, 3, -60:] = 0
    counts[1, 3, -60::6] = 1
    forecaster = forecasters(("glm_poisson",))[0]
    fitted = forecaster.fit(known, "flooding", forecaster.params(), 1, silent)
    found = fitted.paths(known, None, draws_of(1, 300, None), 7)[3].mean()
    assert 0.5 / 6 < found < 1.7 / 6
