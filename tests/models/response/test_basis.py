"""Columns of the day that a regression of the log mean reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.panel import Known, Weather
from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES
from features.history import bridged
from models.response import basis

RAIN = WEATHER_VARIABLES.index("precipitation_mm")
DAILY = slice(0, -len(HOURLY_VARIABLES))


def ended(weather: Weather, days: int) -> Weather:
    """The same with its last days unknown."""
    values = weather.values.copy()
    values[len(values) - days :] = np.nan
    return replace(weather, values=values)


@pytest.mark.parametrize("days", [0, 1, 5])
def test_weather_that_ends_early_is_continued_from_a_year_before(city_known: Callable[..., Known], days: int) -> None:
    """One day unknown would blank the sums of the last 45 and 60 days under every lead."""
    known = city_known()
    assert known.weather is not None
    weather = ended(known.weather, days)
    last = known.weather.dates[-10:]
    usual = known.weather.values[-10:].copy()
    usual[10 - days :] = known.weather.values[-10 - 364 : -364][10 - days :]
    np.testing.assert_array_equal(basis.observed(weather, last), usual)
    columns = basis.weather_ahead(weather, known.origin, known.weather.values[None, -14:])
    assert np.isfinite(columns).all()


def test_a_record_under_a_year_and_days_beside_it_stay_unknown(city_known: Callable[..., Known]) -> None:
    weather = city_known().weather
    assert weather is not None
    short = Weather(weather.dates[-300:], ended(weather, 2).values[-300:])
    assert np.isnan(basis.observed(short, short.dates[-2:])).all()
    before = pd.date_range(end=short.dates[0] - pd.Timedelta(days=1), periods=3)
    assert np.isnan(basis.observed(short, before)).all()
    assert np.isfinite(basis.observed(short, short.dates[:5])[:, DAILY]).all()


@pytest.mark.parametrize(("first", "days"), [(40, 1), (10, 3), (30, 7)])
def test_a_short_gap_is_bridged_by_a_year_before(city_known: Callable[..., Known], first: int, days: int) -> None:
    """first: of the gap, days before the last one known."""
    known = city_known()
    assert known.weather is not None
    values = known.weather.values.copy()
    gap = slice(len(values) - first, len(values) - first + days)
    values[gap] = np.nan
    columns = basis.weather_ahead(replace(known.weather, values=values), known.origin, known.weather.values[None, -14:])
    assert np.isfinite(columns).all()
    np.testing.assert_array_equal(
        bridged(values)[gap, DAILY], known.weather.values[gap.start - 364 : gap.stop - 364, DAILY]
    )
    np.testing.assert_array_equal(np.delete(bridged(values), np.r_[gap], 0), np.delete(values, np.r_[gap], 0))


def test_one_variable_that_comes_late_is_bridged_alone_and_a_long_gap_stays(city_known: Callable[..., Known]) -> None:
    known = city_known()
    assert known.weather is not None
    values = known.weather.values.copy()
    values[-2:, RAIN] = np.nan
    values[500:508, RAIN] = np.nan
    found = bridged(values)
    np.testing.assert_array_equal(found[-2:, RAIN], known.weather.values[-366:-364, RAIN])
    assert np.isnan(found[500:508, RAIN]).all()
    others = np.delete(np.arange(values.shape[1]), RAIN)
    np.testing.assert_array_equal(found[:, others], values[:, others])
