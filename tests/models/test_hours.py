"""What only hours tell follows the rain and the temperature of the path it is on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Weather
from domain.words import WEATHER_VARIABLES
from models.hours import CROSSINGS, HIGH, HOUR, LOW, RAIN, hours_like


def days(rows: list[dict[int, float]]) -> np.ndarray:
    """(D, V) with 5 °C, no rain and no crossing where nothing else is said."""
    usual = {LOW: 3.0, HIGH: 7.0, RAIN: 0.0, HOUR: 0.0, CROSSINGS: 0.0}
    out = np.full((len(rows), len(WEATHER_VARIABLES)), np.nan)
    for day, row in enumerate(rows):
        for variable, value in (usual | row).items():
            out[day, variable] = value
    return out


RECORD = days(
    [
        {RAIN: 20.0, HOUR: 10.0},
        {RAIN: 10.0, HOUR: 2.0},
        {RAIN: 10.0, HOUR: 4.0},
        {LOW: -3.0, CROSSINGS: 2.0},
        {LOW: -3.0, CROSSINGS: 4.0},
        {LOW: -3.0, CROSSINGS: 2.0},
        {},
    ]
)
WEATHER = Weather(pd.date_range("2024-01-01", periods=len(RECORD)), RECORD)


def moved(before: np.ndarray, **to: float) -> np.ndarray:
    """One path whose days are `before`, some variables set on all of them."""
    values = before[None].copy()
    for name, value in to.items():
        values[:, :, {"rain": RAIN, "low": LOW, "high": HIGH}[name]] = value
    hours_like(WEATHER, before[None], values)
    return values[0]


def test_the_hardest_hour_keeps_its_share_of_the_rain() -> None:
    assert moved(RECORD[:1], rain=40.0)[0, HOUR] == 20.0


def test_a_dry_day_that_becomes_wet_has_the_usual_share_and_one_that_dries_up_none() -> None:
    assert moved(RECORD[6:], rain=10.0)[0, HOUR] == 4.0
    assert moved(RECORD[:1], rain=0.0)[0, HOUR] == 0.0


def test_crossings_stay_where_the_day_still_passes_freezing_and_end_where_it_does_not() -> None:
    assert moved(RECORD[4:5], low=-1.0, high=2.0)[0, CROSSINGS] == 4.0
    assert moved(RECORD[4:5], low=1.0, high=9.0)[0, CROSSINGS] == 0.0
    assert moved(RECORD[6:], low=-1.0, high=2.0)[0, CROSSINGS] == 2.0


def test_a_day_whose_hours_nobody_knows_stays_unknown() -> None:
    blind = days([{RAIN: 5.0, HOUR: np.nan, CROSSINGS: np.nan}])
    assert np.isnan(moved(blind, rain=9.0, low=-1.0)[0, [HOUR, CROSSINGS]]).all()


def test_a_record_without_hours_gives_none_and_no_warning() -> None:
    blind = RECORD.copy()
    blind[:, [HOUR, CROSSINGS]] = np.nan
    values = blind[None].copy()
    hours_like(Weather(WEATHER.dates, blind), blind[None], values)
    assert np.isnan(values[:, :, [HOUR, CROSSINGS]]).all()
