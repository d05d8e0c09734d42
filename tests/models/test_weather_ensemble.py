from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.panel import AreaMap, Demand, Floats, IssuedWeather, Known, Weather, WeatherPaths
from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES
from models.season import days_apart, normals
from models.weather_ensemble import (
    KIND_ASSUMED,
    KIND_CLIMATOLOGY,
    KIND_ISSUED,
    climatology,
    weather_paths,
)

RAIN = WEATHER_VARIABLES.index("precipitation_mm")
SNOW = WEATHER_VARIABLES.index("snowfall_mm")
DEPTH = WEATHER_VARIABLES.index("snow_depth_mm")
LOW, MEAN, HIGH = 0, 1, 2
LEADS = 10
SKILL = 0.9 ** np.arange(LEADS)


@cache
def observed(days: int) -> Floats:
    rng = np.random.default_rng(4)
    mean = 10 - 12 * np.cos(2 * np.pi * np.arange(days) / 365.25) + rng.normal(0, 4, days)
    rain = np.where(rng.random(days) < 0.35, rng.gamma(0.7, 12, days), 0.0)
    nothing = np.zeros(days)
    return np.stack(
        [mean - 5, mean, mean + 5, rain, nothing, nothing * np.nan, nothing + 3, *[nothing * np.nan] * 2], axis=1
    )


def issued_of(weather: Floats, days: np.ndarray) -> Floats:
    """Forecasts that lose skill with lead: only temperatures and rain are issued."""
    rng = np.random.default_rng(6)
    out = np.full((len(days), LEADS, len(WEATHER_VARIABLES)), np.nan)
    came = weather[days[:, None] + np.arange(1, LEADS + 1)]
    error = rng.normal(0, 1, came.shape[:2]) * 5 * (1 - SKILL)
    out[:, :, LOW], out[:, :, HIGH] = came[:, :, LOW] + error, came[:, :, HIGH] + error
    other = weather[rng.integers(0, len(weather), came.shape[:2]), RAIN]
    out[:, :, RAIN] = np.where(rng.random(came.shape[:2]) < SKILL, came[:, :, RAIN], other)
    return out


@cache
def all_issued() -> Floats:
    """On each of the first 1450 days, (O, leads, variables); made once, as every test reads a part of it."""
    return issued_of(observed(1500), np.arange(1450))


def known_at(day: int, *, archive: int = 900, with_issued: bool = True) -> Known:
    """Known at index `day` of a history of 1500 days."""
    values = observed(1500)
    dates = pd.date_range("2018-01-01", periods=1500, freq="D", unit="us")
    origins = np.arange(max(day - archive, 0), day + 1)
    issued = IssuedWeather(dates[origins], all_issued()[origins]) if with_issued else None
    unknown = np.full(1, np.nan)
    return Known(
        city="testville",
        as_of=dates[day].date(),
        origin=dates[day].date(),
        demand=Demand(
            dates[: day + 1],
            ("a",),
            ("flooding",),
            np.zeros((1, 1, day + 1), np.int32),
            np.zeros((1, day + 1), np.int32),
        ),
        areas=AreaMap(("a",), ("d",), unknown, unknown, unknown, np.zeros((1, 1), bool)),
        holidays={date(2020, 1, 1): "New Year"},
        weather=Weather(dates[: day + 1], values[: day + 1].copy()),
        issued=issued,
    )


def crps(actual: Floats, paths: Floats) -> Floats:
    """Mean CRPS by lead: actual (O, H), paths (O, P, H)."""
    size = paths.shape[1]
    ordered = np.sort(paths, axis=1)
    weight = 2 * np.arange(1, size + 1) - size - 1
    spread = (weight[:, None] * ordered).sum(axis=1) / size**2
    return (np.abs(paths - actual[:, None]).mean(axis=1) - spread).mean(axis=0)


def test_paths_are_complete_equally_likely_and_start_the_day_after_the_origin() -> None:
    known = known_at(1300)
    paths = weather_paths(known, 50, 25, 1)
    assert paths is not None
    assert paths.kind == KIND_ISSUED
    assert paths.issued_days > 800
    assert paths.values.shape == (50, 25, len(WEATHER_VARIABLES))
    unknown = [DEPTH, *(WEATHER_VARIABLES.index(v) for v in HOURLY_VARIABLES)]
    assert np.isfinite(np.delete(paths.values, unknown, axis=2)).all()
    assert np.isnan(paths.values[:, :, unknown]).all()
    assert paths.dates[0] == pd.Timestamp(known.origin) + pd.Timedelta(days=1)
    assert paths.weight.sum() == pytest.approx(1)
    assert (paths.values[:, :, RAIN] >= 0).all()
    assert (paths.values[:, :, LOW] <= paths.values[:, :, HIGH]).all()


def test_the_outcome_of_every_stretch_was_known_by_the_origin() -> None:
    known = known_at(1300)
    for paths in (weather_paths(known, 80, 40, 1), climatology(known, 80, 40, 1)):
        assert paths is not None
        ends = pd.DatetimeIndex(list(paths.source)) + pd.Timedelta(days=39)
        assert ends.max() <= pd.Timestamp(known.origin)


def score(build: Callable[[Known], WeatherPaths | None], variable: int) -> Floats:
    values = observed(1500)
    days = range(1000, 1440, 9)
    made = [build(known_at(d)) for d in days]
    paths = np.stack([p.values[:, :LEADS, variable] for p in made if p is not None])
    return crps(np.stack([values[d + 1 : d + 1 + LEADS, variable] for d in days]), paths)


@pytest.mark.parametrize("variable", [RAIN, MEAN])
def test_issued_forecasts_sharpen_the_first_days_and_cost_nothing_later(variable: int) -> None:
    ratio = score(lambda k: weather_paths(k, 40, 14, 1), variable) / score(
        lambda k: climatology(k, 40, 14, 1), variable
    )
    assert ratio[0] < 0.6
    assert ratio[:5].mean() < 0.8
    assert ratio[7:].mean() < 1.08


@pytest.mark.shared_data
def test_on_a_real_city_rain_and_temperature_are_sharper_than_climatology(shared_data: Path) -> None:
    """Houston 2013 to 2016; its issued forecasts are emulated."""
    known, rain, warmth = houston(shared_data)
    days = list(range(1150, 2500, 45))
    sharp = [weather_paths(known(d), 60, 14, 1) for d in days]
    plain = [climatology(known(d), 60, 14, 1) for d in days]
    ratio = {}
    for name, truth, pick in (("rain", rain, RAIN), ("temperature", warmth, HIGH)):
        actual = np.stack([truth[d + 1 : d + 15] for d in days])
        scores = [crps(actual, np.stack([p.values[:, :, pick] for p in s if p is not None])) for s in (sharp, plain)]
        ratio[name] = scores[0] / scores[1]
    assert ratio["rain"][:3].mean() < 0.75
    assert ratio["temperature"][:3].mean() < 0.5
    assert ratio["rain"][7:].mean() < 1.08


def houston(shared_data: Path) -> tuple[Callable[[int], Known], Floats, Floats]:
    seen = pd.read_parquet(shared_data / "houston/weather_observed.parquet").query("date < '2017-01-01'")
    issued = pd.read_parquet(shared_data / "houston/weather_issued.parquet").query("origin < '2017-01-01'")
    values = np.full((len(seen), len(WEATHER_VARIABLES)), np.nan)
    values[:, [LOW, MEAN, HIGH, RAIN]] = seen[["tmin_c", "tmean_c", "tmax_c", "prcp_mm"]]
    issued = issued[issued.groupby("origin")["lead_days"].transform("size") == 14].sort_values(["origin", "lead_days"])
    given = np.full((len(issued), len(WEATHER_VARIABLES)), np.nan)
    given[:, [LOW, HIGH, RAIN]] = issued[["tmin_c", "tmax_c", "prcp_mm"]]
    origins = pd.DatetimeIndex(issued["origin"].unique())
    forecasts = given.reshape(len(origins), 14, -1)
    dates = pd.DatetimeIndex(seen["date"])

    def known(day: int) -> Known:
        until = int((origins <= dates[day]).sum())
        return replace(
            known_at(100),
            origin=dates[day].date(),
            weather=Weather(dates[: day + 1], values[: day + 1].copy()),
            issued=IssuedWeather(origins[:until], forecasts[:until]),
        )

    return known, values[:, RAIN], values[:, HIGH]


def test_a_heavier_forecast_than_any_before_brings_heavier_rain_than_any_before() -> None:
    known = known_at(1300)
    assert known.issued is not None
    assert known.weather is not None
    today = known.issued.values.copy()
    today[-1, 0, RAIN] = 4 * today[:, 0, RAIN].max()
    paths = weather_paths(replace(known, issued=replace(known.issued, values=today)), 60, LEADS, 1)
    assert paths is not None
    assert paths.values[:, 0, RAIN].max() > known.weather.values[:, RAIN].max()
    assert np.median(paths.values[:, 0, RAIN]) > 20


def test_beyond_the_issued_leads_a_path_is_its_past_stretch() -> None:
    known = known_at(1300)
    paths = weather_paths(known, 30, 20, 1)
    assert paths is not None
    assert known.weather is not None
    start = known.weather.dates.get_indexer(pd.DatetimeIndex(list(paths.source)))
    stretch = known.weather.values[start[:, None] + np.arange(20)]
    np.testing.assert_array_equal(paths.values[:, LEADS:, RAIN], stretch[:, LEADS:, RAIN])


@pytest.mark.parametrize("archive", [0, 1, 40])
def test_with_few_archived_forecasts_their_skill_is_assumed_and_said_so(archive: int) -> None:
    known = known_at(1300, archive=archive)
    paths = weather_paths(known, 200, 14, 1)
    plain = climatology(known, 200, 14, 1)
    assert paths is not None
    assert plain is not None
    assert paths.kind == KIND_ASSUMED
    assert paths.issued_days <= archive
    assert paths.values[:, 0, MEAN].std() < 0.7 * plain.values[:, 0, MEAN].std()
    assert paths.values[:, 13, MEAN].std() == pytest.approx(plain.values[:, 13, MEAN].std(), rel=0.35)


@pytest.mark.parametrize(("archive", "kind"), [(30, KIND_ASSUMED), (80, KIND_ISSUED)])
def test_an_archived_forecast_counts_once_the_days_it_was_issued_for_have_come(archive: int, kind: str) -> None:
    """Paths that go on beyond the issued leads do not wait for more of the weather that followed."""
    known = known_at(1300, archive=archive)
    short, long = (weather_paths(known, 40, horizon, 1) for horizon in (LEADS, 31))
    assert short is not None
    assert long is not None
    assert (long.issued_days, long.kind) == (short.issued_days, short.kind) == (archive + 1 - LEADS, kind)
    assert np.isfinite(long.values[:, :, [LOW, MEAN, HIGH, RAIN]]).all()


def test_weather_too_short_for_a_whole_path_leaves_none_however_many_forecasts_are_archived() -> None:
    known = known_at(100, archive=100)
    assert weather_paths(known, 40, 101, 1) is None
    paths = weather_paths(known, 40, 90, 1)
    assert paths is not None
    assert paths.kind == KIND_ISSUED


def test_with_no_issued_forecast_at_all_paths_are_climatology() -> None:
    paths = weather_paths(known_at(1300, with_issued=False), 40, 14, 1)
    assert paths is not None
    assert paths.kind == KIND_CLIMATOLOGY


def test_older_issues_of_a_day_sharpen_where_their_errors_differ() -> None:
    """The made-up archive errs anew every day; without the older issues the first days are less sharp."""

    def newest_only(known: Known) -> WeatherPaths | None:
        assert known.issued is not None
        every_sixth = slice(len(known.issued.origins) % 6 - 1, None, 6)
        kept = IssuedWeather(known.issued.origins[every_sixth], known.issued.values[every_sixth])
        assert kept.origins[-1] == known.issued.origins[-1]
        return weather_paths(replace(known, issued=kept), 40, 14, 1)

    ratio = score(lambda k: weather_paths(k, 40, 14, 1), RAIN) / score(newest_only, RAIN)
    assert ratio[:4].mean() < 0.95


def test_snow_goes_with_the_temperature_of_the_path() -> None:
    known = known_at(1100)
    assert known.weather is not None
    values = known.weather.values.copy()
    values[:, SNOW] = np.where(values[:, MEAN] < 0, 8 * values[:, RAIN], 0.0)
    paths = weather_paths(replace(known, weather=Weather(known.weather.dates, values)), 200, LEADS, 1)
    assert paths is not None
    warm = paths.values[:, :, MEAN] > 4
    assert (paths.values[:, :, SNOW][warm] == 0).all()
    cold_and_wet = (paths.values[:, :, MEAN] < -3) & (paths.values[:, :, RAIN] > 1)
    assert cold_and_wet.any()
    assert (paths.values[:, :, SNOW][cold_and_wet] > 0).all()


def test_a_stale_forecast_is_used_from_the_lead_that_falls_on_tomorrow_and_a_very_stale_one_not() -> None:
    known = known_at(1300)
    assert known.issued is not None
    for days, kind in ((2, KIND_ISSUED), (5, KIND_CLIMATOLOGY)):
        old = IssuedWeather(known.issued.origins[:-days], known.issued.values[:-days])
        paths = weather_paths(replace(known, issued=old), 40, 14, 1)
        assert paths is not None
        assert paths.kind == kind


def test_without_weather_there_are_no_paths_and_with_a_season_of_it_there_are() -> None:
    assert weather_paths(replace(known_at(700), weather=None), 10, 14, 1) is None
    assert climatology(replace(known_at(700), weather=None), 10, 14, 1) is None
    short = climatology(known_at(70, with_issued=False), 40, 14, 1)
    assert short is not None
    assert short.values.shape[0] == 40
    assert climatology(known_at(10, with_issued=False), 40, 14, 1) is None


def test_climatology_comes_from_the_same_season_of_several_years() -> None:
    known = known_at(1300)
    paths = climatology(known, 60, 14, 1)
    assert paths is not None
    first = pd.DatetimeIndex(list(paths.source))
    assert len(set(first.year)) >= 3
    assert days_apart(first, pd.Timestamp(known.origin)).max() <= 21


def test_the_same_seed_gives_the_same_paths_and_another_other_ones() -> None:
    known = known_at(1300)
    first, again, other = (climatology(known, 40, 14, s) for s in (1, 1, 2))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.values.tobytes() == again.values.tobytes()
    assert first.values.tobytes() != other.values.tobytes()
    one, two = weather_paths(known, 40, 14, 1), weather_paths(known, 40, 14, 1)
    assert one is not None
    assert two is not None
    assert one.values.tobytes() == two.values.tobytes()


def test_normals_follow_the_season_and_fall_back_to_the_mean_under_a_year() -> None:
    dates = pd.date_range("2018-01-01", periods=1000, freq="D")
    wave = 10 - 8 * np.cos(2 * np.pi * np.asarray(dates.day_of_year) / 365.25)
    np.testing.assert_allclose(normals(dates, wave, dates), wave, atol=1e-6)
    np.testing.assert_allclose(normals(dates[:100], wave[:100], dates[:3]), wave[:100].mean())


@pytest.mark.parametrize("archive", [5, 900])
def test_rain_that_a_provider_tells_for_three_days_only_is_drawn_from_the_past_after_that(archive: int) -> None:
    known = known_at(1300, archive=archive)
    assert known.issued is not None
    values = known.issued.values.copy()
    values[:, 3:, RAIN] = np.nan
    paths = weather_paths(replace(known, issued=replace(known.issued, values=values)), 50, 14, seed=1)
    assert paths is not None
    assert paths.kind in (KIND_ASSUMED, KIND_ISSUED)
    assert np.isfinite(paths.values[:, :, [LOW, MEAN, HIGH, RAIN]]).all()
    assert len(np.unique(paths.values[:, 12, RAIN])) > 5


def test_in_the_first_year_of_an_archive_the_days_beyond_it_are_of_the_season_of_all_years() -> None:
    """A wet season begins as the archive, all of dry weeks, has its ninetieth outcome."""
    known = known_at(1190, archive=100)
    weather, issued = known.weather, known.issued
    assert weather is not None
    assert issued is not None
    is_wet = np.isin(weather.dates.month, (4, 5, 6))
    weather.values[:, RAIN] *= np.where(is_wet, 3.0, 0.05)
    issued.values[:, :, RAIN] *= 0.05
    paths, plain = weather_paths(known, 300, 30, 1), climatology(known, 300, 30, 1)
    assert paths is not None
    assert plain is not None
    assert paths.kind == KIND_ISSUED
    beyond, usual = (p.values[:, LEADS:, RAIN].mean() for p in (paths, plain))
    assert beyond == pytest.approx(usual, rel=0.25)
    assert len({s[:4] for s in paths.source}) >= 3
