"""Effects become words, and still sum to the mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.category import Category
from domain.chance import generator
from domain.panel import Known, WeatherPaths
from domain.tables import EXPLANATIONS
from domain.words import WEATHER_VARIABLES
from models.effects import BLOCKS, Effects
from models.explain import calendar_clause, explanation_table, phrase, weather_clause

RAIN = WEATHER_VARIABLES.index("precipitation_mm")


@pytest.fixture
def weather() -> WeatherPaths:
    """Two paths: 76 mm on Thursday 4 July in the likelier one."""
    values = np.zeros((2, 14, len(WEATHER_VARIABLES)))
    values[..., :3] = 20, 25, 30
    values[0, 3, RAIN] = 76.0
    dates = pd.date_range("2024-07-01", periods=14, freq="D", unit="us")
    return WeatherPaths(dates, values, np.array([0.75, 0.25]), ("2001-07-01", "2002-07-01"), "climatology")


@pytest.fixture
def effects() -> Effects:
    return Effects(generator(1, "effects").normal(1.0, 2.0, (5, 6, 14)), np.zeros((6, 14)))


def test_the_table_keeps_its_contract_and_its_blocks_sum_to_the_mean(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects, weather: WeatherPaths
) -> None:
    known = city_known(areas=6, days=70)
    table = explanation_table(effects, known, category_of("pothole"), weather, 14)
    EXPLANATIONS.validate(table.assign(vintage_id="v"))
    assert set(table["level"]) == {"district", "city"}
    assert len(table) == 3 * 14 * 5
    city = table[table["level"] == "city"].groupby("date")["effect"].sum()
    assert city.to_numpy() == pytest.approx(effects.effects.sum(axis=(0, 1)))
    district = table[table["area"] == "district-1"].groupby("date")["effect"].sum()
    assert district.to_numpy() == pytest.approx(effects.effects[:, 3:].sum(axis=(0, 1)))


def test_rows_follow_the_order_of_build_up(
    city_known: Callable[..., Known], category_of: Callable[..., Category], effects: Effects
) -> None:
    table = explanation_table(effects, city_known(days=70), category_of("pothole"), None, 7)
    assert table["block"].tolist()[:10] == [*BLOCKS, *BLOCKS]
    assert table["order"].tolist()[:10] == [0, 1, 2, 3, 4] * 2
    assert table["date"].max() == pd.Timestamp("2024-07-07")


@pytest.mark.parametrize(
    ("block", "effect", "clause", "words"),
    [
        ("weather", 14.2, "38 mm expected on Thursday", "+14 because of the weather: 38 mm expected on Thursday"),
        ("calendar", -6.1, "it is Sunday", "−6.1 because it is Sunday"),
        (
            "recent demand",
            3.0,
            "the last weeks were {} than usual",
            "+3.0 because the last weeks were busier than usual",
        ),
        (
            "recent demand",
            -3.0,
            "the last weeks were {} than usual",
            "−3.0 because the last weeks were quieter than usual",
        ),
        ("usual", 41.0, "", "41 pothole requests on a usual day"),
        ("calendar", 0.01, "it is Monday", "nothing from the calendar"),
        ("weather", 0.0, "little rain expected", "nothing from the weather: little rain expected"),
    ],
)
def test_an_effect_reads_as_a_planner_would_say_it(block: str, effect: float, clause: str, words: str) -> None:
    assert phrase(block, effect, clause, "pothole requests") == words


def test_the_calendar_names_the_holiday_and_the_day_after() -> None:
    holidays = {date(2024, 7, 4): "Independence Day"}
    assert calendar_clause(date(2024, 7, 4), holidays) == "it is Thursday, Independence Day"
    assert calendar_clause(date(2024, 7, 5), holidays) == "it is Friday, the day after Independence Day"
    assert calendar_clause(date(2024, 7, 7), holidays) == "it is Sunday"


def test_the_weather_is_the_weighted_mean_of_the_paths_also_for_days_after_the_rain(weather: WeatherPaths) -> None:
    assert weather_clause(weather, 3) == "57 mm expected on Thursday"
    assert weather_clause(weather, 5) == "57 mm expected in the days before"
    assert weather_clause(weather, 10) == "little rain expected, 25 °C on average"


def test_frost_is_named_where_most_paths_cross_zero(weather: WeatherPaths) -> None:
    weather.values[0, 8, :3] = -3, 0, 3
    assert weather_clause(weather, 8) == "freezing and thawing likely (75 %)"
