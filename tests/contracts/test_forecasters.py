"""What every forecaster in `models/forecasters/` owes, whatever its method."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.city import Models
from domain.errors import CrewcastError
from domain.panel import AreaMap, Demand, Ints, Known, Weather, WeatherPaths
from domain.progress import silent
from domain.words import WEATHER_VARIABLES
from models.catalogue import available, forecasters
from models.effects import BLOCKS, Effects, TellsWeather, block_effects
from models.forecaster import Draws, Fitted, Forecaster, draws_of
from models.parameters import params_for
from models.weather_ensemble import climatology, weather_paths
from models.weather_parts import RAIN, RAIN_SO_FAR

ORIGIN = date(2024, 6, 30)
DAYS = 600
SEED = 11
HORIZON = 14


def counts_of(kind: str, areas: int, days: int) -> Ints:
    """Ordinary, mostly zero or all-zero series with busy days that all areas share; (1, A, T)."""
    rng = generator(5, kind)
    level = {"ordinary": 2.0, "zero-heavy": 0.05, "all-zero": 0.0}[kind]
    mean = level * rng.gamma(2, 0.5, (1, 1, days)) * np.linspace(0.6, 1.4, areas)[:, None]
    return rng.poisson(mean).astype(np.int32)


def weather_of(dates: pd.DatetimeIndex) -> Weather:
    rng = generator(5, "weather")
    mean = 15 - 10 * np.cos(2 * np.pi * dates.day_of_year.to_numpy() / 365.25) + rng.normal(0, 3, len(dates))
    rain = np.where(rng.random(len(dates)) < 0.3, rng.gamma(0.8, 10, len(dates)), 0.0)
    nothing = np.zeros(len(dates))
    columns = [mean - 5, mean, mean + 5, rain, nothing, nothing, nothing + 3, rain / 2, 2.0 * (np.abs(mean) < 5)]
    return Weather(dates, np.stack(columns, axis=1))


def known_of(counts: Ints, *, origin: date = ORIGIN, with_weather: bool = True) -> Known:
    """`counts` (1, A, T) end on the origin."""
    _, areas, days = counts.shape
    dates = pd.date_range(end=pd.Timestamp(origin), periods=days, freq="D", unit="us")
    names = tuple(f"a{i}" for i in range(areas))
    unknown = np.full(areas, np.nan)
    beside = np.abs(np.subtract.outer(np.arange(areas), np.arange(areas))) == 1
    return Known(
        city="testville",
        as_of=origin,
        origin=origin,
        demand=Demand(dates, names, ("pothole",), counts, np.zeros((1, days), np.int32)),
        areas=AreaMap(names, tuple("d" for _ in names), unknown, unknown, unknown, beside),
        holidays={date(2024, 7, 4): "Independence Day"},
        weather=weather_of(dates) if with_weather else None,
        issued=None,
    )


@pytest.fixture(scope="module", params=available() or ["none found"])
def forecaster(request: pytest.FixtureRequest) -> Forecaster:
    """Each forecaster in turn."""
    return forecasters((request.param,))[0]


@pytest.fixture(scope="module")
def ordinary() -> Known:
    return known_of(counts_of("ordinary", 4, DAYS))


@pytest.fixture(scope="module")
def fitted(forecaster: Forecaster, ordinary: Known) -> Fitted:
    return fit(forecaster, ordinary)


SETTINGS = Models(threads=1, parameters={"lightgbm_poisson": {"rounds": 60, "max_rows": 12_000}})
"""As a city's YAML gives them: one thread, and LightGBM, alone as in a blend, small enough to be fitted often."""


def fit(forecaster: Forecaster, known: Known) -> Fitted:
    return forecaster.fit(known, "pothole", params_for(forecaster, SETTINGS), SEED, silent)


def ask(
    fitted: Fitted, known: Known, horizon: int = HORIZON, size: int = 300
) -> tuple[Ints, WeatherPaths | None, Draws]:
    weather = weather_paths(known, 20, horizon, SEED)
    draws = draws_of(SEED, size, weather)
    return fitted.paths(known, weather, draws, horizon), weather, draws


def test_one_that_declares_a_mean_has_what_a_member_of_a_blend_needs(forecaster: Forecaster, fitted: Fitted) -> None:
    assert forecaster.has_mean == (hasattr(fitted, "means") and hasattr(fitted, "held_out"))


def test_there_are_forecasters_and_baselines_among_them() -> None:
    found = forecasters(available())
    assert [f.name for f in found] == list(available())
    assert sum(f.is_baseline for f in found) >= 2


@pytest.mark.parametrize("horizon", [1, 14, 20])
def test_paths_are_whole_numbers_never_negative_for_any_horizon(fitted: Fitted, ordinary: Known, horizon: int) -> None:
    paths, _, _ = ask(fitted, ordinary, horizon)
    assert paths.shape == (4, horizon, 300)
    assert np.issubdtype(paths.dtype, np.integer)
    assert paths.min() >= 0
    assert paths.max() > 0


def test_the_same_seed_gives_the_same_bytes(forecaster: Forecaster, fitted: Fitted, ordinary: Known) -> None:
    first, weather, draws = ask(fitted, ordinary)
    again = fit(forecaster, ordinary)
    assert ask(again, ordinary)[0].tobytes() == first.tobytes()
    assert again.artifacts() == fitted.artifacts()
    other = fitted.paths(ordinary, weather, replace(draws, seed=draws.seed + 1), HORIZON)
    assert other.tobytes() != first.tobytes()


def why(fitted: Fitted, known: Known, climate: WeatherPaths | None = None) -> tuple[Effects, Ints, Draws]:
    """Effects behind 300 draws; climatology is the reference unless other paths are given."""
    paths, weather, draws = ask(fitted, known)
    climate = climate or climatology(known, 20, HORIZON, SEED)
    return block_effects(fitted, known, weather, climate, draws, paths), paths, draws


@pytest.mark.parametrize("kind", ["weather known to be wet", "climatology"])
def test_effects_sum_to_the_mean_of_the_published_samples(fitted: Fitted, ordinary: Known, kind: str) -> None:
    climate = climatology(ordinary, 20, HORIZON, SEED)
    assert climate is not None
    wet = replace(climate, values=climate.values + 20.0) if kind != "climatology" else climate
    draws = draws_of(SEED, 300, wet)
    paths = fitted.paths(ordinary, wet, draws, HORIZON)
    effects = block_effects(fitted, ordinary, wet, climate, draws, paths)
    assert effects.effects.shape == (len(BLOCKS), 4, HORIZON)
    np.testing.assert_allclose(effects.effects.sum(axis=0), paths @ draws.weight, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(effects.effects[BLOCKS.index("place")].sum(axis=0), 0.0, atol=1e-9)
    assert kind != "climatology" or not effects.effects[BLOCKS.index("weather")].any()


def test_a_weather_effect_is_told_in_parts_that_sum_to_it_or_not_at_all(fitted: Fitted, ordinary: Known) -> None:
    climate = climatology(ordinary, 20, HORIZON, SEED)
    assert climate is not None
    values = climate.values.copy()
    values[..., WEATHER_VARIABLES.index("precipitation_mm")] += 20.0
    wet = replace(climate, values=values)
    draws = draws_of(SEED, 300, wet)
    made = block_effects(fitted, ordinary, wet, climate, draws, fitted.paths(ordinary, wet, draws, HORIZON))
    city = made.effects[BLOCKS.index("weather")].sum(axis=0)
    assert bool(made.weather_parts) == isinstance(fitted, TellsWeather)
    assert isinstance(fitted, TellsWeather) or not city.any()  # what looks at the weather says what of it
    if made.weather_parts:
        total = np.sum(list(made.weather_parts.values()), axis=0)
        is_told = total != 0.0
        assert is_told.any()
        np.testing.assert_allclose(total[is_told], city[is_told])
        rain = made.weather_parts[RAIN] + made.weather_parts[RAIN_SO_FAR]
        assert np.abs(rain).sum() > 0.9 * np.abs(total).sum()  # nothing else differs from climatology


def test_a_block_at_its_reference_leaves_the_random_numbers_of_the_others(fitted: Fitted, ordinary: Known) -> None:
    """Independent draws of equal means would differ by counting noise alone; those of one stream hardly do."""
    paths, weather, draws = ask(fitted, ordinary)
    wednesday = fitted.paths(ordinary, weather, draws, HORIZON, frozenset({"calendar"}))
    steady = fitted.paths(ordinary, weather, draws, HORIZON, frozenset({"recent demand"}))
    assert wednesday.shape == steady.shape == paths.shape
    days = (pd.Timestamp(ordinary.origin) + pd.to_timedelta(np.arange(1, HORIZON + 1), unit="D")).day_of_week
    ordinary_days = np.flatnonzero(days == 2)[1:]
    assert wednesday[:, ordinary_days].tobytes() == paths[:, ordinary_days].tobytes()
    again = fitted.paths(ordinary, weather, draws, HORIZON)
    assert again.tobytes() == paths.tobytes()


def test_what_is_usual_does_not_move_with_the_last_weeks(fitted: Fitted, ordinary: Known) -> None:
    counts = ordinary.demand.counts.copy()
    counts[:, :, -28:] = 3 * counts[:, :, -28:] + 2
    before = counts[0, :, -364:].mean(axis=1)
    busy = replace(ordinary, demand=replace(ordinary.demand, counts=counts))
    effects, _, _ = why(fitted, busy)
    usual, place, recent, _, _ = effects.effects
    np.testing.assert_allclose((usual + place).mean(axis=1), before, rtol=0.25)
    assert (recent.mean(axis=1) > 0.2 * before).all()  # a level may take a quarter to follow a month


def test_draws_of_areas_move_together_where_past_days_did(fitted: Fitted, ordinary: Known) -> None:
    paths, _, _ = ask(fitted, ordinary, size=2000)
    city = paths.sum(axis=0).var(axis=1)
    independent = paths.var(axis=2).sum(axis=0)
    assert (city / independent).mean() > 1.15


@pytest.mark.parametrize("kind", ["zero-heavy", "all-zero"])
def test_series_of_mostly_zeros_are_forecast_low(forecaster: Forecaster, kind: str) -> None:
    known = known_of(counts_of(kind, 3, DAYS))
    effects, paths, _ = why(fit(forecaster, known), known)
    assert paths.min() >= 0
    assert paths.mean() <= 0.2
    assert np.isfinite(effects.effects).all()


def test_one_area_is_enough(forecaster: Forecaster) -> None:
    known = known_of(counts_of("ordinary", 1, DAYS))
    assert ask(fit(forecaster, known), known)[0].shape == (1, HORIZON, 300)


def test_a_city_without_weather_is_forecast_or_the_need_is_declared(forecaster: Forecaster) -> None:
    known = known_of(counts_of("ordinary", 3, DAYS), with_weather=False)
    if forecaster.needs_weather:
        with pytest.raises(CrewcastError):
            fit(forecaster, known)
        return
    one = fit(forecaster, known)
    paths, weather, _ = ask(one, known)
    assert weather is None
    assert paths.shape == (3, HORIZON, 300)
    effects, _, draws = why(one, known)
    np.testing.assert_allclose(effects.effects.sum(axis=0), paths @ draws.weight, rtol=1e-12, atol=1e-12)
    assert not effects.effects[BLOCKS.index("weather")].any()


def test_the_least_history_declared_is_enough(forecaster: Forecaster) -> None:
    known = known_of(counts_of("ordinary", 3, forecaster.minimum_days))
    assert ask(fit(forecaster, known), known)[0].min() >= 0


def test_days_after_the_origin_change_nothing(forecaster: Forecaster, fitted: Fitted, ordinary: Known) -> None:
    """The arrays given are views of longer ones whose later days differ."""
    longer = np.concatenate([ordinary.demand.counts, np.full((1, 4, 60), 999, np.int32)], axis=2)
    view = replace(ordinary, demand=replace(ordinary.demand, counts=longer[:, :, :DAYS]))
    assert ask(fit(forecaster, view), view)[0].tobytes() == ask(fitted, ordinary)[0].tobytes()


def test_the_last_known_days_do_change_the_forecast(fitted: Fitted, ordinary: Known) -> None:
    counts = ordinary.demand.counts.copy()
    counts[:, :, -7:] += 20
    altered = replace(ordinary, demand=replace(ordinary.demand, counts=counts))
    assert ask(fitted, altered)[0].mean() > ask(fitted, ordinary)[0].mean()


def test_asking_a_later_origin_leaves_no_trace(fitted: Fitted, ordinary: Known) -> None:
    first = ask(fitted, ordinary)[0]
    later = known_of(counts_of("ordinary", 4, DAYS + 30), origin=date(2024, 7, 30))
    ask(fitted, later)
    assert ask(fitted, ordinary)[0].tobytes() == first.tobytes()


def test_artifacts_are_text(fitted: Fitted) -> None:
    artifacts = fitted.artifacts()
    assert artifacts
    assert all(isinstance(text, str) and text for text in artifacts.values())
