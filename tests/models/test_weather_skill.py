"""How far the weather forecast is trusted stands in the health of every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from domain.panel import Known, WeatherPaths
from domain.tables import HEALTH
from models.weather_ensemble import FEWEST_ISSUED, KIND_ASSUMED, KIND_ISSUED, climatology
from models.weather_skill import skill_finding


@pytest.fixture
def usual(city_known: Callable[..., Known]) -> WeatherPaths:
    found = climatology(city_known(days=500), 20, 14, 1)
    assert found is not None
    return found


def said(weather: WeatherPaths | None) -> pd.Series:
    table = skill_finding(weather)
    HEALTH.validate(table.assign(vintage_id="v"))
    (row,) = (row for _, row in table.iterrows())
    return row


def test_an_assumed_skill_is_told_in_its_own_numbers(usual: WeatherPaths) -> None:
    row = said(replace(usual, kind=KIND_ASSUMED, issued_days=1))
    assert row["value"] == (
        "assumed, as only 1 archived forecast can be held against what came: temperature off by 1.1 °C tomorrow, "
        "2.1 °C on day 5, 4.5 °C on day 11; of 100 days' rain foreseen: 83 tomorrow, 49 on day 5, 9 on day 11"
    )
    assert row["severity"] == "note"
    none = said(replace(usual, kind=KIND_ASSUMED))
    assert none["value"].startswith("assumed, as no archived forecast can be held against what came: temperature off")
    assert str(FEWEST_ISSUED) in row["remedy"]


def test_a_measured_skill_says_on_how_many_forecasts(usual: WeatherPaths) -> None:
    row = said(replace(usual, kind=KIND_ISSUED, issued_days=214))
    assert row["value"] == "as far as it was right: measured on 214 archived forecasts and the weather that came"
    assert row["severity"] == "ok"


def test_the_season_alone_is_told_and_without_weather_there_is_nothing_to_tell(usual: WeatherPaths) -> None:
    assert said(usual)["value"].startswith("not at all: no usable forecast")
    assert skill_finding(None).empty
