"""A choice is told against a spreadsheet forecast only where one was compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain.city import CityPlan
from domain.covariates import COVARIATES
from domain.errors import WeatherEndsEarlyError
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


def test_a_long_history_without_an_earlier_window_is_not_called_too_short(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    """As where a city's weather was joined on days ago."""
    whole, plan = city_known(days=560), city_plan()

    def known_of(day: date) -> Known:
        if day < whole.origin:
            raise WeatherEndsEarlyError("no weather was known then", remedy="none")
        return whole

    baselines = forecasters(("exponential_smoothing", "recent_weekdays"))
    scores = evaluate_candidates(known_of, "pothole", baselines, plan.city.models, whole.origin, 7, silent)
    sentence = choose(scores, plan, "pothole").sentence
    assert "too few" not in sentence
    assert "without a comparison: on no earlier day was all known that a forecast of then needs" in sentence


def test_one_window_is_told_as_one(city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]) -> None:
    """As where a city's weather was joined on a month ago: only one earlier window has any."""
    whole, plan = city_known(days=560), city_plan()
    assert whole.weather is not None
    began = whole.weather.dates[-40].date()

    def known_of(day: date) -> Known:
        if day < began:
            raise WeatherEndsEarlyError("no weather was known then", remedy="none")
        return replayed(whole)(day)

    baselines = forecasters(("exponential_smoothing", "recent_weekdays"))
    scores = evaluate_candidates(known_of, "pothole", baselines, plan.city.models, whole.origin, 7, silent)
    recipe = choose(scores, plan, "pothole")
    assert recipe.folds == 1
    assert "on 1 earlier window of 14 days" in recipe.sentence
