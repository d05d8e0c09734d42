"""Weather paths of a year and more, whole where the record is long and stitched where it is short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from domain.errors import ScenarioError
from domain.panel import Known, Weather
from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES
from models.long_view.weather import KIND_STITCHED, KIND_WHOLE, SEASON_DAYS, long_paths, past_year, whole_years

MEAN, RAIN = 1, 3


@pytest.fixture
def recorded(city_known: Callable[..., Known]) -> Callable[[int], Known]:
    """A city with so many days of weather and 400 of counts."""

    def make(days: int) -> Known:
        whole = city_known(days=days, areas=2)
        counts = whole.demand.counts[:, :, -400:]
        return replace(whole, demand=replace(whole.demand, dates=whole.demand.dates[-400:], counts=counts))

    return make


@pytest.mark.parametrize(
    ("years", "kind"),
    [(1, KIND_STITCHED), (1.1, KIND_STITCHED), (2, KIND_STITCHED), (7, KIND_STITCHED), (40, KIND_WHOLE)],
)
def test_a_record_of_any_length_gives_complete_paths(recorded: Callable[[int], Known], years: float, kind: str) -> None:
    known = recorded(int(365.25 * years))
    paths = long_paths(known, 60, 400, 7)
    assert paths is not None
    assert paths.kind == kind
    assert paths.values.shape == (60, 400, len(WEATHER_VARIABLES))
    assert np.isfinite(paths.values[:, :, : -len(HOURLY_VARIABLES)]).all()
    assert paths.dates[0] == pd.Timestamp(known.origin) + pd.Timedelta(days=1)
    assert paths.weight.sum() == pytest.approx(1.0)


def test_every_day_comes_from_its_season(recorded: Callable[[int], Known]) -> None:
    known = recorded(2000)
    paths = long_paths(known, 80, 400, 7)
    assert paths is not None
    winter, summer = (np.isin(paths.dates.month, months) for months in ((12, 1, 2), (6, 7, 8)))
    assert paths.values[:, winter, MEAN].max() < paths.values[:, summer, MEAN].mean()
    for source in paths.source:
        first = pd.Timestamp(source.split("; ")[0])
        assert abs((first.day_of_year - paths.dates[0].day_of_year + 182) % 365 - 182) <= SEASON_DAYS + 1


def test_days_of_a_path_follow_each_other_as_they_did(recorded: Callable[[int], Known]) -> None:
    """Nearly every pair of neighbouring days is a pair of the record."""
    known = recorded(2000)
    paths = long_paths(known, 40, 400, 7)
    assert paths is not None
    assert known.weather is not None
    rain = known.weather.values[:, RAIN] + known.weather.values[:, MEAN]
    pairs = set(pairwise(rain))
    drawn = paths.values[:, :, RAIN] + paths.values[:, :, MEAN]
    follow = [(a, b) in pairs for row in drawn for a, b in pairwise(row)]
    assert np.mean(follow) > 0.97
    assert len({row.tobytes() for row in drawn}) == 40


def test_less_than_a_year_of_weather_or_none_gives_no_paths(
    recorded: Callable[[int], Known], city_known: Callable[..., Known]
) -> None:
    known = recorded(420)
    assert known.weather is not None
    short = replace(
        known, weather=replace(known.weather, dates=known.weather.dates[-300:], values=known.weather.values[-300:])
    )
    assert long_paths(short, 60, 400, 7) is None
    assert long_paths(city_known(with_weather=False), 60, 400, 7) is None


def test_a_past_year_is_that_year_day_by_day(recorded: Callable[[int], Known]) -> None:
    known = recorded(2000)
    paths = past_year(known, 2021, 400)
    assert known.weather is not None
    assert paths.values.shape == (1, 400, len(WEATHER_VARIABLES))
    for day, values in zip(paths.dates, paths.values[0], strict=True):
        same = known.weather.dates.get_loc(pd.Timestamp(day.replace(year=2021)))
        np.testing.assert_array_equal(values, known.weather.values[same])


@pytest.mark.parametrize("year", [1999, 2024, 2030])
def test_a_year_that_is_not_known_whole_is_refused_with_those_that_are(
    recorded: Callable[[int], Known], year: int
) -> None:
    known = recorded(2000)
    assert known.origin == date(2024, 6, 30)
    with pytest.raises(ScenarioError, match=f"{year}") as error:
        past_year(known, year, 400)
    assert "choose a year among: 2020, 2021, 2022, 2023" in error.value.remedy


def test_a_year_of_a_record_too_short_to_learn_from_is_refused(recorded: Callable[[int], Known]) -> None:
    """A year with a gap of three days and nothing beside it: no response to weather is fitted, so no year can tell."""
    known = recorded(2000)
    assert known.weather is not None
    of_2023 = np.flatnonzero(known.weather.dates.year == 2023)
    values = known.weather.values[of_2023].copy()
    values[100:103] = np.nan
    short = replace(known, weather=replace(known.weather, dates=known.weather.dates[of_2023], values=values))
    assert long_paths(short, 60, 400, 7) is None
    with pytest.raises(ScenarioError, match="2023"):
        past_year(short, 2023, 400)


def test_a_leap_year_without_one_of_its_days_is_not_known_whole(recorded: Callable[[int], Known]) -> None:
    """Its 365 days are no whole year: the missing one would be looked up as the last of the record."""
    known = recorded(2000)
    assert known.weather is not None
    there = known.weather.dates >= pd.Timestamp("2020-01-02")
    late = replace(known, weather=Weather(known.weather.dates[there], known.weather.values[there]))
    assert whole_years(known.weather) == (2020, 2021, 2022, 2023)
    assert whole_years(late.weather) == (2021, 2022, 2023)
    with pytest.raises(ScenarioError, match="2020"):
        past_year(late, 2020, 400)


@pytest.mark.parametrize("every", [6, 40])
def test_a_record_with_gaps_all_along_gives_complete_paths_of_shorter_pieces(
    recorded: Callable[[int], Known], every: int
) -> None:
    known = recorded(1400)
    assert known.weather is not None
    values = known.weather.values.copy()
    values[::every] = np.nan
    paths = long_paths(replace(known, weather=replace(known.weather, values=values)), 20, 400, 7)
    assert paths is not None
    assert paths.kind == KIND_STITCHED
    assert np.isfinite(paths.values[:, :, : -len(HOURLY_VARIABLES)]).all()
