"""A choice is told against a spreadsheet forecast only where one was compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.city import CityPlan
from domain.covariates import COVARIATES
from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.select import choose, evaluate_candidates
from tests.models.test_select import replayed


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (("glm_poisson",), "is published: no spreadsheet forecast was compared, so there is nothing to say"),
        (
            ("glm_poisson", "lightgbm_poisson"),
            "is published: none of the 2 forecasters compared came closer beyond chance on 8 earlier windows of 14 "
            "days, but no spreadsheet forecast was compared",
        ),
    ],
)
def test_without_any_spreadsheet_forecast_none_is_claimed_to_be_beaten(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan], named: tuple[str, ...], words: str
) -> None:
    whole, plan = city_known(days=560), city_plan()
    alike = {"without": list(COVARIATES)}  # nothing to leave out: no candidate but those named
    parameters = {"glm_poisson": alike, "lightgbm_poisson": {**alike, "rounds": 5}}
    settings = plan.city.models.model_copy(update={"parameters": parameters})
    scores = evaluate_candidates(replayed(whole), "pothole", forecasters(named), settings, whole.origin, 7, silent)
    recipe = choose(scores, plan, "pothole")
    assert words in recipe.sentence
    assert "best spreadsheet forecast" not in recipe.sentence
    assert recipe.mean_ratio is None
