"""A category that began late fares in an old city as it would in a city that began with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from domain.city import CityPlan
from domain.errors import HistoryTooShortError
from domain.panel import Known
from domain.progress import silent
from models.backtest import Step, always, backtest
from models.catalogue import forecasters
from models.history.since import since
from models.long_view.model import LongViewParams, fit_long
from models.reselection import reselecting
from models.select import choose, evaluate_candidates
from tests.models.test_select import replayed

NAMES = ("exponential_smoothing", "recent_weekdays", "glm_poisson")
DAYS, OWN = 1100, 100
BOTH = ("noise", "pothole")


def begun(known: Known, own: int = OWN) -> Known:
    """Potholes were filed for the last `own` days only."""
    known.demand.counts[1, :, :-own] = 0
    known.demand.counts[1, 0, -own] += 1
    return known


@pytest.fixture(scope="module")
def old(city_known: Callable[..., Known]) -> Known:
    return begun(city_known(days=DAYS, categories=BOTH))


@pytest.fixture(scope="module")
def plan(city_plan: Callable[..., CityPlan]) -> CityPlan:
    return city_plan(BOTH, forecasters=NAMES)


def scores_of(known: Known, plan: CityPlan, category: str = "pothole"):  # type: ignore[no-untyped-def]
    models = plan.city.models
    return evaluate_candidates(replayed(known), category, forecasters(NAMES), models, known.origin, 7, silent)


def steps(known: Known, plan: CityPlan, first: date, recipe_for: object = None) -> list[Step]:
    origins = [first + timedelta(days=7 * n) for n in range(3)]
    known_of = replayed(known)
    chosen = recipe_for or reselecting(known_of, plan, first, 7, silent)
    return list(backtest(known_of, plan, origins, 14, refit_every=2, recipe_for=chosen, seed=7, progress=silent))  # type: ignore[arg-type]


def test_it_is_chosen_for_as_in_a_young_city_and_the_sentence_counts_its_own_days(old: Known, plan: CityPlan) -> None:
    found, young = scores_of(old, plan), scores_of(since(old, DAYS - OWN), plan)
    assert found.equals(young)
    assert found.attrs["left_out"] == young.attrs["left_out"]
    words = choose(found, plan, "pothole").sentence
    assert "100 days of history, 393 are needed to compare it" in words


def test_it_is_forecast_as_in_a_young_city_and_the_others_as_if_it_were_not_there(
    old: Known, plan: CityPlan, city_known: Callable[..., Known]
) -> None:
    first = old.origin - timedelta(days=28)
    found = steps(old, plan, first)
    young = steps(since(old, DAYS - OWN), plan, first)
    whole = steps(city_known(days=DAYS, categories=BOTH), plan, first)
    for here, there, full in zip(found, young, whole, strict=True):
        assert np.array_equal(here.paths.of("pothole"), there.paths.of("pothole"))
        assert here.paths.of("noise").tobytes() == full.paths.of("noise").tobytes()
    came = old.demand.of("pothole")[:, -28:].mean()
    assert np.mean([s.paths.of("pothole").mean() for s in found]) == pytest.approx(came, rel=0.25)


def test_one_forecaster_asked_for_by_name_says_what_is_missing(old: Known, plan: CityPlan) -> None:
    asked = always(plan, "glm_poisson", old.origin)
    with pytest.raises(HistoryTooShortError, match="pothole: 100 days of history, 365 are needed"):
        steps(old, plan, old.origin, asked)


def test_where_it_begins_again_another_stands_in_for_a_champion_that_has_lost_its_history(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    plan = city_plan(BOTH, forecasters=("exponential_smoothing", "glm_poisson"), reselect_after_days=728)
    known = city_known(days=2000, categories=BOTH, seed=4)
    known.demand.counts[1, :, -460:-60] = 0
    first = known.origin - timedelta(days=500)
    recipe_for = reselecting(replayed(known), plan, first, 7, silent)
    champion = recipe_for("pothole", first)
    again = recipe_for("pothole", known.origin)
    assert (champion.forecaster, again.forecaster) == ("glm_poisson", "exponential_smoothing")
    assert f"it stands in for {champion.title}, which could not be compared" in again.sentence
    assert recipe_for("pothole", known.origin - timedelta(days=61)) == champion
    assert recipe_for("noise", known.origin) == recipe_for("noise", first)


def test_the_long_view_counts_its_own_days(city_known: Callable[..., Known]) -> None:
    with pytest.raises(HistoryTooShortError, match="pothole: 100 days of history; a long view needs 365"):
        fit_long(begun(city_known(days=DAYS, categories=BOTH)), "pothole", LongViewParams())
    known = begun(city_known(days=DAYS, categories=BOTH), own=500)
    one, other = (fit_long(k, "pothole", LongViewParams()) for k in (known, since(known, DAYS - 500)))
    assert one.figures() == other.figures()
