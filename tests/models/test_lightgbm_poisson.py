from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from domain.panel import AreaMap, Demand, Floats, Ints, Known, Weather, WeatherPaths
from domain.progress import silent
from domain.words import WEATHER_VARIABLES
from models.effects import BLOCKS, block_effects
from models.forecaster import draws_of
from models.forecasters.lightgbm_poisson import FORECASTER, FittedLightGbm, LightGbmParams, fit
from models.weather_ensemble import climatology
from models.weather_parts import FROST, RAIN, RAIN_SO_FAR, SNOW, SNOW_DEPTH, WARMTH, WIND

QUICK = LightGbmParams(num_threads=1, rounds=60, max_rows=12_000, held_out_every=7)
DAYS = 900


def rainy_city(*, weekday: float = 3.0, seed: int = 1) -> Known:
    """Two areas, three times as busy on weekends, where every mm of rain adds a tenth to that day."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2021-01-04", periods=DAYS, freq="D", unit="us")
    rain = np.where(rng.random(DAYS) < 0.3, rng.gamma(1.0, 12, DAYS), 0.0)
    nothing = np.zeros(DAYS)
    weather = np.stack(
        [nothing + 8, nothing + 12, nothing + 18, rain, nothing, nothing, nothing + 3, *[nothing * np.nan] * 2], axis=1
    )
    busy = np.where(dates.day_of_week >= 5, weekday, 1.0) * (1 + rain / 10)
    counts = rng.poisson(np.array([[2.0], [5.0]]) * busy).astype(np.int32)[None]
    unknown = np.full(2, np.nan)
    return Known(
        city="testville",
        as_of=dates[-1].date(),
        origin=dates[-1].date(),
        demand=Demand(dates, ("a", "b"), ("flooding",), counts, np.zeros((1, DAYS), np.int32)),
        areas=AreaMap(("a", "b"), ("d", "d"), unknown, unknown, unknown, np.zeros((2, 2), bool)),
        holidays={date(2023, 7, 4): "Independence Day"},
        weather=Weather(dates, weather),
        issued=None,
    )


@pytest.fixture(scope="module")
def known() -> Known:
    return rainy_city()


@pytest.fixture(scope="module")
def fitted(known: Known) -> FittedLightGbm:
    return fit(known, "flooding", QUICK, 3, silent)


def paths_with(known: Known, rain: Floats) -> WeatherPaths:
    """One path a row of `rain` (P, H), else as usual."""
    paths = climatology(known, len(rain), rain.shape[1], 1)
    assert paths is not None
    values = paths.values.copy()
    values[:, :, 3] = rain
    return replace(paths, values=values)


def test_a_draw_rides_on_its_own_weather_path(known: Known, fitted: FittedLightGbm) -> None:
    rain = np.zeros((2, 14))
    rain[1, 6:9] = 40.0
    weather = paths_with(known, rain)
    draws = draws_of(1, 2000, weather)
    paths = fitted.paths(known, weather, draws, 14)
    dry, wet = (paths[:, :, draws.weather_path_id == p].mean(axis=2) for p in (0, 1))
    assert (wet[:, 6:9] > 2.5 * dry[:, 6:9]).all()
    np.testing.assert_allclose(wet[:, :6].sum(), dry[:, :6].sum(), rtol=0.15)


def test_it_learns_the_level_of_each_area_and_the_weekday(known: Known, fitted: FittedLightGbm) -> None:
    mean = fitted.means(known, paths_with(known, np.zeros((1, 14))), 14)[0]
    ahead = pd.date_range(known.demand.dates[-1], periods=15, freq="D")[1:]
    weekend = np.asarray(ahead.day_of_week >= 5)
    assert mean[weekend].mean() / mean[~weekend].mean() == pytest.approx(3.0, rel=0.25)
    assert mean[:, 1].sum() / mean[:, 0].sum() == pytest.approx(2.5, rel=0.2)


def test_heavy_rain_on_one_day_is_in_the_weather_block_and_the_weekend_in_the_calendar(
    known: Known, fitted: FittedLightGbm
) -> None:
    rain = np.zeros((1, 14))
    rain[0, 3] = 50.0
    usual = paths_with(known, np.full((1, 14), 3.0))
    by_day = explained(known, fitted, paths_with(known, rain), usual)
    ahead = pd.date_range(known.demand.dates[-1], periods=15, freq="D")[1:]
    assert by_day["weather"].argmax() == 3
    assert by_day["weather"][3] > 10
    assert (by_day["calendar"][ahead.day_of_week >= 5] > 5).all()
    assert np.abs(by_day["calendar"][ahead.day_of_week == 2]).max() < 1e-9
    assert np.abs(by_day["place"]).max() < 1e-9


def test_at_its_reference_recent_demand_is_last_years_level_whatever_came_last(
    known: Known, fitted: FittedLightGbm
) -> None:
    counts = known.demand.counts.copy()
    counts[:, :, -21:] *= 3
    busy = replace(known, demand=replace(known.demand, counts=counts))
    asked = frozenset({"recent demand"})
    weather = climatology(known, 40, 14, 1)
    usual, raised = (fitted.means(k, weather, 14, asked).mean() for k in (known, busy))
    year = (k.demand.of("flooding")[:, -364:].mean() for k in (known, busy))
    assert usual == pytest.approx(next(year), rel=0.15)
    assert raised / usual == pytest.approx(next(year) / known.demand.of("flooding")[:, -364:].mean(), rel=0.05)


def test_the_parts_of_a_weather_effect_are_named_and_sum_to_it(known: Known, fitted: FittedLightGbm) -> None:
    rain = np.zeros((1, 14))
    rain[0, 3] = 50.0
    usual, wet = paths_with(known, np.full((1, 14), 3.0)), paths_with(known, rain)
    logs = fitted.weather_logs(known, wet, usual, 14)
    assert set(logs) == {RAIN, RAIN_SO_FAR, FROST, WARMTH, SNOW, SNOW_DEPTH, WIND}
    assert logs[RAIN][3] > 0.7 * sum(logs.values())[3] > 0
    draws = draws_of(1, 400, wet)
    paths = fitted.paths(known, wet, draws, 14)
    made = block_effects(fitted, known, wet, usual, draws, paths)
    city = made.effects[BLOCKS.index("weather")].sum(axis=0)
    np.testing.assert_allclose(sum(made.weather_parts.values())[3], city[3])
    assert city[3] > 10


def explained(known: Known, fitted: FittedLightGbm, weather: WeatherPaths, climate: WeatherPaths) -> dict[str, Floats]:
    """The city's effects by block, (H,) each."""
    draws = draws_of(1, 400, weather)
    paths = fitted.paths(known, weather, draws, 14)
    made = block_effects(fitted, known, weather, climate, draws, paths)
    return dict(zip(BLOCKS, made.effects.sum(axis=1), strict=True))


def test_many_weather_paths_are_forecast_as_one_by_one(known: Known, fitted: FittedLightGbm) -> None:
    rain = np.random.default_rng(2).gamma(0.3, 20, (20, 60))
    together = fitted.means(known, paths_with(known, np.tile(rain, (100, 1))), 60)
    assert together.shape == (2000, 60, 2)
    assert together[-20:].tobytes() == fitted.means(known, paths_with(known, rain), 60).tobytes()


def test_it_works_without_weather_and_over_a_longer_horizon(known: Known) -> None:
    blind = fit(replace(known, weather=None), "flooding", QUICK, 3, silent)
    paths = blind.paths(replace(known, weather=None), None, draws_of(1, 300, None), 60)
    assert paths.shape == (2, 60, 300)
    assert paths.mean() == pytest.approx(known.demand.of("flooding").mean(), rel=0.3)


def test_it_may_be_asked_again_at_a_later_origin(known: Known) -> None:
    early = replace(known, demand=cut(known.demand, DAYS - 60), origin=known.demand.dates[-61].date())
    stale = fit(early, "flooding", QUICK, 3, silent)
    weather = climatology(known, 20, 14, 1)
    paths = stale.paths(known, weather, draws_of(1, 300, weather), 14)
    assert paths.mean() == pytest.approx(known.demand.of("flooding").mean(), rel=0.4)


def cut(demand: Demand, days: int) -> Demand:
    return replace(
        demand, dates=demand.dates[:days], counts=demand.counts[:, :, :days], unlocated=demand.unlocated[:, :days]
    )


def test_the_record_is_the_native_booster_and_what_surrounds_it(fitted: FittedLightGbm) -> None:
    files = fitted.artifacts()
    booster = lgb.Booster(model_str=files["booster.txt"])
    assert booster.num_trees() == QUICK.rounds
    record = json.loads(files["model.json"])
    assert record["level"]["city"] in booster.feature_name()
    assert record["params"]["num_threads"] == 1
    assert np.shape(record["errors"]["city_paths"]) == fitted.errors.city_paths.shape


def test_a_category_that_was_never_filed_is_forecast_as_none(known: Known) -> None:
    nothing: Ints = np.zeros((1, 2, DAYS), np.int32)
    empty = replace(known, demand=replace(known.demand, counts=nothing))
    made = fit(empty, "flooding", QUICK, 3, silent)
    weather = climatology(known, 20, 14, 1)
    assert made.paths(empty, weather, draws_of(1, 300, weather), 14).sum() == 0
    assert made.artifacts()["booster.txt"] == ""


def test_it_needs_a_year_and_is_no_baseline() -> None:
    assert FORECASTER.minimum_days == 365
    assert not FORECASTER.is_baseline
    assert FORECASTER.name == "lightgbm_poisson"


HOUR = WEATHER_VARIABLES.index("precipitation_max_hour_mm")


def with_hours(known: Known, *, bursts: bool) -> Known:
    """The same rain in bursts or all day long, a coin's throw each day; only bursts bring requests, where they do."""
    assert known.weather is not None
    rng = np.random.default_rng(8)
    values, rain = known.weather.values.copy(), known.weather.values[:, 3]
    values[:, HOUR] = rain * np.where(rng.random(DAYS) < 0.5, 0.8, 0.05)
    values[:, HOUR + 1] = 0.0
    busy = 1 + values[:, HOUR] / 4 if bursts else np.ones(DAYS)
    counts = rng.poisson(np.array([[2.0], [5.0]]) * busy).astype(np.int32)[None]
    demand = replace(known.demand, counts=counts)
    return replace(known, weather=Weather(known.weather.dates, values), demand=demand)


def test_rain_in_bursts_is_told_from_rain_all_day_where_hours_are_known(known: Known) -> None:
    hourly = with_hours(known, bursts=True)
    fitted = fit(hourly, "flooding", QUICK, 3, silent)
    weather = paths_with(hourly, np.full((2, 14), 20.0))
    weather.values[:, :, HOUR] = np.array([[1.0], [16.0]])
    calm, burst = fitted.means(hourly, weather, 14).sum(axis=(1, 2))
    assert burst > 1.8 * calm


def test_a_model_looks_at_what_it_was_learnt_from_whether_hours_are_known_later_or_not(
    known: Known, fitted: FittedLightGbm
) -> None:
    hourly = replace(with_hours(known, bursts=False), demand=known.demand)
    weather = paths_with(known, np.full((2, 14), 20.0))
    assert fitted.means(hourly, weather, 14).tobytes() == fitted.means(known, weather, 14).tobytes()
    learnt_with = fit(hourly, "flooding", QUICK, 3, silent)
    assert np.isfinite(learnt_with.means(known, weather, 14)).all()
