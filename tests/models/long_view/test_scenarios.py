"""Scenarios re-weight weather paths by a stated rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.errors import ScenarioError
from domain.panel import Known, WeatherPaths
from models.long_view.reweigh import reweigh
from models.long_view.scenarios import NAMES, RAIN, SCENARIOS, USUAL, choose, days_that_count, tilt
from models.long_view.weather import long_paths

DAYS = 400


@pytest.fixture(scope="module")
def known(city_known: Callable[..., Known]) -> Known:
    return city_known(days=2200, areas=2)


@pytest.fixture(scope="module")
def climate(known: Known) -> WeatherPaths:
    paths = long_paths(known, 200, DAYS, 7)
    assert paths is not None
    return paths


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_the_figure_of_a_scenario_reaches_its_quantile(known: Known, climate: WeatherPaths, scenario) -> None:  # type: ignore[no-untyped-def]
    chosen = choose(known, climate, scenario.name, DAYS)
    assert chosen.weather is not None
    assert known.weather is not None
    figure = scenario.figure(climate.values[:, days_that_count(known.weather, climate.dates, scenario)])
    weight = chosen.weather.weight
    assert weight.sum() == pytest.approx(1.0)
    assert weight.min() > 0
    assert weight @ figure == pytest.approx(np.quantile(figure, scenario.quantile), rel=1e-6)
    assert 1 / (weight**2).sum() > 20
    assert scenario.words in chosen.rule
    np.testing.assert_array_equal(chosen.weather.values, climate.values)


def test_the_usual_weather_is_left_as_it_is(known: Known, climate: WeatherPaths) -> None:
    assert choose(known, climate, USUAL, DAYS).weather is climate


def test_a_past_year_by_number_is_one_path(known: Known, climate: WeatherPaths) -> None:
    chosen = choose(known, climate, "2021", DAYS)
    assert chosen.weather is not None
    assert chosen.weather.source == ("2021",)
    assert "2021" in chosen.rule


@pytest.mark.parametrize("name", ["wett-year", "20155", "", "Wet-Year", "²⁰²³", "\uff12\uff10\uff12\uff13"])
def test_an_unknown_scenario_names_those_there_are(known: Known, climate: WeatherPaths, name: str) -> None:
    with pytest.raises(ScenarioError) as error:
        choose(known, climate, name, DAYS)
    assert all(n in error.value.remedy for n in NAMES)


def test_a_weather_scenario_without_weather_is_refused(known: Known) -> None:
    with pytest.raises(ScenarioError, match="no year of observed weather"):
        choose(replace(known, weather=None), None, "wet-year", DAYS)
    assert choose(replace(known, weather=None), None, USUAL, DAYS).weather is None


def test_a_season_that_does_not_lie_ahead_is_refused(known: Known, climate: WeatherPaths) -> None:
    with pytest.raises(ScenarioError, match="coldest months"):
        choose(known, climate.first(60), "hard-winter", 60)


def test_paths_that_do_not_differ_cannot_be_told_apart(known: Known, climate: WeatherPaths) -> None:
    dry = climate.values.copy()
    dry[:, :, 3] = 0.0
    with pytest.raises(ScenarioError, match="hardly differ"):
        choose(known, replace(climate, values=dry), "wet-year", DAYS)


def test_a_figure_with_its_extreme_shared_by_many_paths_is_still_tilted(known: Known, climate: WeatherPaths) -> None:
    """Short stretches of a short record repeat the same few amounts."""
    few = np.where(np.arange(200) < 40, 9.0, 1.0)[:, None] * np.ones(DAYS)
    values = climate.values.copy()
    values[:, :, 3] = few
    chosen = choose(known, replace(climate, values=values), "wet-year", DAYS)
    assert chosen.weather is not None
    assert "as near as the paths allow" in chosen.rule
    assert chosen.weather.weight[:40].sum() > 0.8


@pytest.mark.parametrize(
    ("scenario", "variable"), [("hot-summer", "temperature_max_c"), ("mild-winter", "temperature_min_c")]
)
def test_weather_without_the_variable_of_a_scenario_is_named(
    known: Known, climate: WeatherPaths, scenario: str, variable: str
) -> None:
    """A city whose source holds rain alone: its paths have no temperature on any day."""
    assert known.weather is not None
    rain = np.full_like(climate.values, np.nan)
    rain[:, :, RAIN] = climate.values[:, :, RAIN]
    with pytest.raises(ScenarioError, match=f"{variable}, which the city's weather lacks"):
        choose(known, replace(climate, values=rain), scenario, DAYS)
    with pytest.raises(ScenarioError, match=f"lack {variable}"):
        reweigh(known.weather, replace(climate, values=rain), scenario)
    assert choose(known, replace(climate, values=rain), "wet-year", DAYS).weather is not None


def test_tilting_keeps_the_order_of_the_paths() -> None:
    figure = np.arange(50.0)
    weight = tilt(figure, 40.0)
    assert (np.diff(weight) > 0).all()
    assert weight @ figure == pytest.approx(40.0)
