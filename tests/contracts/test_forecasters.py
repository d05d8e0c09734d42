"""What every forecaster in `models/forecasters/` owes, whatever its method."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.errors import CrewcastError
from domain.panel import AreaMap, Demand, Ints, Known, Weather, WeatherPaths
from domain.progress import silent
from models.catalogue import available, forecasters
from models.forecaster import Draws, Fitted, Forecaster, draws_of
from models.weather_ensemble import climatology, weather_paths

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
    return Weather(dates, np.stack([mean - 5, mean, mean + 5, rain, nothing, nothing, nothing + 3], axis=1))


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


def fit(forecaster: Forecaster, known: Known) -> Fitted:
    """Fitted with default parameters on one thread."""
    given = {"num_threads": 1} if "num_threads" in forecaster.params.model_fields else {}
    return forecaster.fit(known, "pothole", forecaster.params.model_validate(given), SEED, silent)


def ask(
    fitted: Fitted, known: Known, horizon: int = HORIZON, size: int = 300
) -> tuple[Ints, WeatherPaths | None, Draws]:
    weather = weather_paths(known, 20, horizon, SEED)
    draws = draws_of(SEED, size, weather)
    return fitted.paths(known, weather, draws, horizon), weather, draws


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


def test_effects_are_finite_and_sum_to_the_mean_of_the_paths(fitted: Fitted, ordinary: Known) -> None:
    paths, weather, _ = ask(fitted, ordinary, size=8000)
    effects = fitted.effects(ordinary, weather, climatology(ordinary, 20, HORIZON, SEED), HORIZON)
    assert effects.blocks == ("usual", "recent demand", "calendar", "weather")
    assert effects.effects.shape == (4, 4, HORIZON)
    assert np.isfinite(effects.effects).all()
    mean = effects.effects.sum(axis=0)
    error = paths.std(axis=2) / np.sqrt(paths.shape[2])
    assert (np.abs(paths.mean(axis=2) - mean) < 5 * error + 0.01 * mean).all()
    total, spread = mean.sum(), paths.sum(axis=(0, 1)).std() / np.sqrt(paths.shape[2])
    assert paths.sum(axis=(0, 1)).mean() == pytest.approx(total, abs=5 * spread + 0.005 * total)


def test_draws_of_areas_move_together_where_past_days_did(fitted: Fitted, ordinary: Known) -> None:
    paths, _, _ = ask(fitted, ordinary, size=2000)
    city = paths.sum(axis=0).var(axis=1)
    independent = paths.var(axis=2).sum(axis=0)
    assert (city / independent).mean() > 1.15


@pytest.mark.parametrize("kind", ["zero-heavy", "all-zero"])
def test_series_of_mostly_zeros_are_forecast_low(forecaster: Forecaster, kind: str) -> None:
    known = known_of(counts_of(kind, 3, DAYS))
    paths, weather, _ = ask(fit(forecaster, known), known)
    assert paths.min() >= 0
    assert paths.mean() <= 0.2
    effects = fit(forecaster, known).effects(known, weather, weather, HORIZON)
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
    assert np.isfinite(one.effects(known, None, None, HORIZON).effects).all()


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
