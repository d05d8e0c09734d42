"""The weather of a day in words, from its paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.panel import WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.weather_parts import FROST, RAIN, RAIN_SO_FAR, SNOW, SNOW_DEPTH, WARMTH, WIND
from models.weather_words import causes, weather_told

RAIN_MM, SNOWFALL_MM, DEPTH_MM, WIND_MS = (
    WEATHER_VARIABLES.index(name) for name in ("precipitation_mm", "snowfall_mm", "snow_depth_mm", "wind_ms")
)


@pytest.fixture
def weather() -> WeatherPaths:
    """Two paths: 76 mm on Thursday 4 July in the likelier one."""
    values = np.zeros((2, 14, len(WEATHER_VARIABLES)))
    values[..., :3] = 20, 25, 30
    values[0, 3, RAIN_MM] = 76.0
    dates = pd.date_range("2024-07-01", periods=14, freq="D", unit="us")
    return WeatherPaths(dates, values, np.array([0.75, 0.25]), ("2001-07-01", "2002-07-01"), "climatology")


def changed(weather: WeatherPaths, column: int | slice, value: object, day: int | slice = slice(None)) -> WeatherPaths:
    values = weather.values.copy()
    values[:, day, column] = value
    return replace(weather, values=values)


def test_what_is_expected_is_the_weighted_mean_of_the_paths(weather: WeatherPaths) -> None:
    assert weather_told(weather, None, 3) == "57 mm expected on Thursday"
    assert weather_told(weather, None, 10) == "little rain expected, 25 °C on average"
    icy = changed(weather, slice(0, 3), (-3, 0, 3), 8)
    assert weather_told(icy, weather, 8) == "freezing and thawing 100 % likely"
    assert weather_told(weather, icy, 8) == "little rain expected, 25 °C on average against a usual 0"


@pytest.mark.parametrize(("hour", "said"), [(20.0, ", 15 of them in one hour"), (8.0, ""), (np.nan, "")])
def test_a_downpour_is_named_where_hours_are_known(weather: WeatherPaths, hour: float, said: str) -> None:
    weather.values[0, 3, WEATHER_VARIABLES.index("precipitation_max_hour_mm")] = hour
    assert weather_told(weather, None, 3) == f"57 mm expected on Thursday{said}"
    assert causes(weather, changed(weather, RAIN_MM, 1.0), 3)[RAIN] == f"57 mm expected on Thursday{said}"
    assert causes(weather, weather, 3)[RAIN] == "the rain of Thursday"


def test_rain_as_a_cause_is_told_against_what_is_usual(weather: WeatherPaths) -> None:
    wet_season = changed(weather, RAIN_MM, 9.0)
    assert causes(weather, wet_season, 3)[RAIN] == "57 mm expected on Thursday"
    assert causes(weather, wet_season, 10)[RAIN] == "only 0 mm expected on Thursday (usually 9)"
    assert causes(weather, wet_season, 4)[RAIN_SO_FAR] == "57 mm expected in the days to Friday"
    assert causes(weather, wet_season, 13)[RAIN_SO_FAR] == "only 0 mm expected in the days to Sunday (usually 63)"
    assert (
        causes(changed(weather, RAIN_MM, 0.4), changed(weather, RAIN_MM, 0.3), 0)[RAIN] == "0.4 mm expected on Monday"
    )


@pytest.mark.parametrize("factor", [0.92, 0.99, 1.01, 1.08])
def test_what_is_about_as_usual_is_no_cause_by_its_size(weather: WeatherPaths, factor: float) -> None:
    """A week of rain whose sum is a shade above or below the usual, on other days than usual."""
    columns = (slice(0, 3), RAIN_MM, SNOWFALL_MM, DEPTH_MM, WIND_MS)
    usual, now = weather, weather
    for column, value in zip(columns, (4.0, 20.0, 50.0, 80.0, 6.0), strict=True):
        usual = changed(usual, column, value)
        now = changed(now, column, value * factor)
    now = changed(now, RAIN_MM, 7 * 20.0 * factor, 0)
    now = changed(now, RAIN_MM, 0.0, slice(1, 7))
    found = causes(now, usual, 6)
    assert found[RAIN] == "only 0 mm expected on Sunday (usually 20)"
    assert found[RAIN_SO_FAR] == "the rain up to Sunday"
    assert found[SNOW] == "the snow up to Sunday"
    assert found[SNOW_DEPTH] == "the snow on the ground"
    assert found[WIND] == "the wind on Sunday"
    assert found[WARMTH] == "the temperature up to Sunday"
    assert causes(changed(now, RAIN_MM, 200.0, 0), usual, 6)[RAIN_SO_FAR] == "200 mm expected in the days to Sunday"


def test_frost_about_as_likely_as_usual_is_no_cause_by_its_likelihood(weather: WeatherPaths) -> None:
    icy = changed(weather, slice(0, 3), (-3, -0.4, 3))
    one_less = replace(icy, values=icy.values.copy())
    one_less.values[1, 3, :3] = 20, 25, 30
    assert causes(one_less, icy, 6)[FROST] == "the freezing and thawing up to Sunday"


def test_every_other_part_is_told_against_what_is_usual(weather: WeatherPaths) -> None:
    icy = changed(weather, slice(0, 3), (-3, -0.4, 3), slice(4, 6))
    other = changed(changed(changed(icy, SNOWFALL_MM, 60.0, 5), DEPTH_MM, 80.0, 5), WIND_MS, 6.2, 5)
    more, less = causes(other, weather, 5), causes(weather, other, 5)
    assert more[FROST] == "freezing and thawing likelier than usual up to Saturday (33 % of days, usually 0 %)"
    assert less[FROST] == "freezing and thawing less likely than usual up to Saturday (0 % of days, usually 33 %)"
    assert more[WARMTH] == "0 °C on average on Saturday (usually 25)"
    assert more[SNOW] == "60 mm of snow expected in the days to Saturday"
    assert less[SNOW] == "only 0 mm of snow expected in the days to Saturday (usually 60)"
    assert less[SNOW_DEPTH] == "0 mm of snow on the ground on Saturday (usually 80)"
    assert more[WIND] == "6 m/s of wind expected on Saturday (usually 0)"


def test_what_reads_the_same_or_is_missing_is_named_without_a_figure(weather: WeatherPaths) -> None:
    blind = changed(weather, slice(None), np.nan)
    for one, other in ((weather, weather), (blind, weather), (weather, blind)):
        assert causes(one, other, 10)[RAIN] == "the rain of Thursday"
        assert causes(one, other, 10)[WARMTH] == "the temperature up to Thursday"


def test_rain_that_the_source_lacks_is_not_told_as_little(weather: WeatherPaths) -> None:
    blind = changed(weather, RAIN_MM, np.nan)
    assert weather_told(blind, None, 3) == "25 °C on average"
    assert weather_told(changed(blind, slice(0, 3), np.nan), None, 3) == ""
    assert weather_told(changed(blind, slice(0, 3), (-3, 0, 3)), None, 3) == "freezing and thawing 100 % likely"
