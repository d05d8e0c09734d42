"""Windows with days that are no demand decide nothing, and it is said how many there were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.city import CityPlan
from domain.panel import Known
from domain.words import WEATHER_VARIABLES
from models.folds import LARGEST_STEP
from models.history.trust import history_of
from models.select import choose
from tests.models.test_select import BASELINES, evaluate


def keyed_in(whole: Known, *windows: int) -> Known:
    """A calm day's requests twenty times the usual in some of the eight earlier windows, the last being 7."""
    assert whole.weather is not None
    counts, weather = whole.demand.counts.copy(), whole.weather.values.copy()
    weather[:, :3] = (10.0, 15.0, 20.0)
    weather[:, [WEATHER_VARIABLES.index(v) for v in ("precipitation_mm", "snowfall_mm")]] = 0.0
    last = len(whole.demand.dates) - 1
    for window in windows:
        day = last - 7 - (7 - window) * LARGEST_STEP
        counts[:, :, day] = 20 * (counts[:, :, day - 28 : day].mean(axis=2) + 1)
    calm = replace(whole.weather, values=weather)
    return replace(whole, demand=replace(whole.demand, counts=counts), weather=calm)


def silent_for_days(whole: Known, last: int) -> Known:
    """Without a row on `last` days that end two days before the origin."""
    counts = whole.demand.counts.copy()
    counts[:, :, -last - 2 : -2] = 0
    return replace(whole, demand=replace(whole.demand, counts=counts))


def test_a_window_with_a_day_that_is_no_demand_is_no_evidence_and_that_is_said(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    plain, plan = city_known(days=560), city_plan()
    without = evaluate(plain, plan)
    for odd, left in ((keyed_in(city_known(days=560), 7), 1), (silent_for_days(plain, 14), 1)):
        scores = evaluate(odd, plan)
        recipe = choose(scores, plan, "pothole")
        assert (recipe.folds, recipe.odd_windows) == (8 - left, left)
        assert "7 earlier windows of 14 days (1 more is left out for a gap, rows keyed" in recipe.sentence
        assert recipe.evidence_end == plain.origin
        # The other windows say what they said: no day before them is another.
        kept = {row["origin"] for row in scores.attrs["by_fold"]}
        same = [row for row in without.attrs["by_fold"] if row["origin"] in kept]
        assert len(kept) == 8 - left
        assert scores.attrs["by_fold"] == same
    two = choose(evaluate(keyed_in(city_known(days=560), 3, 5), plan), plan, "pothole")
    assert (two.folds, two.odd_windows) == (6, 2)
    assert "(2 more are left out" in two.sentence


def test_a_catastrophe_stays_evidence(city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]) -> None:
    flood = keyed_in(city_known(days=560), 6)
    assert flood.weather is not None
    day = int(flood.demand.counts[0].sum(axis=0).argmax())
    flood.weather.values[day, WEATHER_VARIABLES.index("precipitation_mm")] = 300.0
    assert [f.kind for f in history_of(flood, "pothole").findings] == ["catastrophe"]
    assert choose(evaluate(flood, city_plan()), city_plan(), "pothole").folds == 8


def test_where_fewer_than_two_windows_are_demand_nothing_is_compared_as_with_a_short_history(
    city_known: Callable[..., Known], city_plan: Callable[..., CityPlan]
) -> None:
    plan = city_plan()
    odd = keyed_in(city_known(days=560), *range(1, 8))
    assert history_of(odd, "pothole").findings
    scores = evaluate(odd, plan)
    recipe = choose(scores, plan, "pothole")
    assert scores.empty
    assert (recipe.forecaster, recipe.folds, recipe.odd_windows, recipe.mean_ratio) == (BASELINES[0], 0, 7, None)
    assert "comparison: too few earlier windows are left to compare on (7 more are left out" in recipe.sentence
