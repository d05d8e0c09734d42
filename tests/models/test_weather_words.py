"""The weather of a day in words, from its paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.panel import WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.weather_words import weather_clause

RAIN = WEATHER_VARIABLES.index("precipitation_mm")


@pytest.fixture
def weather() -> WeatherPaths:
    """Two paths: 76 mm on Thursday 4 July in the likelier one."""
    values = np.zeros((2, 14, len(WEATHER_VARIABLES)))
    values[..., :3] = 20, 25, 30
    values[0, 3, RAIN] = 76.0
    dates = pd.date_range("2024-07-01", periods=14, freq="D", unit="us")
    return WeatherPaths(dates, values, np.array([0.75, 0.25]), ("2001-07-01", "2002-07-01"), "climatology")


def test_the_weather_is_the_weighted_mean_of_the_paths_also_for_days_after_the_rain(weather: WeatherPaths) -> None:
    assert weather_clause(weather, None, 3) == "57 mm expected on Thursday"
    assert weather_clause(weather, None, 5) == "57 mm expected in the days before"
    assert weather_clause(weather, None, 10) == "little rain expected, 25 °C on average"


def test_less_rain_than_usual_is_said_against_what_is_usual(weather: WeatherPaths) -> None:
    values = weather.values.copy()
    values[:, :, RAIN] = 9.0
    wet_season = replace(weather, values=values)
    assert weather_clause(weather, wet_season, 10) == "only 0 mm expected on Thursday, usual are 9"
    assert weather_clause(weather, wet_season, 3) == "57 mm expected on Thursday"
    assert weather_clause(weather, weather, 3) == "57 mm expected on Thursday"


def test_frost_is_named_where_most_paths_cross_zero(weather: WeatherPaths) -> None:
    weather.values[0, 8, :3] = -3, 0, 3
    assert weather_clause(weather, None, 8) == "likely freezing and thawing (75 %)"


def test_frost_and_warmth_are_reasons_only_where_they_are_not_usual(weather: WeatherPaths) -> None:
    values = weather.values.copy()
    values[:, 8, :3] = -3, 0, 3
    icy = replace(weather, values=values)
    assert weather_clause(icy, icy, 8) == "little rain expected, 0 °C on average"
    assert weather_clause(icy, weather, 8) == "likely freezing and thawing (100 %)"
    assert weather_clause(weather, icy, 8) == "little rain expected, 25 °C on average, usual are 0"


def test_snow_is_named_where_there_is_more_than_usual(weather: WeatherPaths) -> None:
    values = weather.values.copy()
    values[:, 8, WEATHER_VARIABLES.index("snowfall_mm")] = 120.0
    snowy = replace(weather, values=values)
    assert weather_clause(snowy, weather, 8) == "120 mm of snow expected on Tuesday"


@pytest.mark.parametrize(("hour", "said"), [(20.0, ", 15 of them in one hour"), (8.0, ""), (np.nan, "")])
def test_a_downpour_is_named_where_hours_are_known(weather: WeatherPaths, hour: float, said: str) -> None:
    weather.values[0, 3, WEATHER_VARIABLES.index("precipitation_max_hour_mm")] = hour
    assert weather_clause(weather, None, 3) == f"57 mm expected on Thursday{said}"
