"""Joint daily counts of a year and more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.errors import HistoryTooShortError
from domain.panel import Known
from models.forecaster import draws_of
from models.long_view.model import LongFit, LongViewParams, fit_long
from models.long_view.scenarios import choose
from models.long_view.totals import totals_table
from models.long_view.weather import long_paths

DAYS = 400
SIZE = 300
SEED = 7


@pytest.fixture(scope="module")
def known(city_known: Callable[..., Known]) -> Known:
    """Three years whose wet days are busy days."""
    plain = city_known(days=1100, areas=4)
    assert plain.weather is not None
    wet = 1 + plain.weather.values[:, 3] / 10
    counts = np.random.default_rng(1).poisson(plain.demand.counts.mean(axis=2, keepdims=True) * wet)
    return replace(plain, demand=replace(plain.demand, counts=counts.astype(np.int32)))


@pytest.fixture(scope="module")
def fitted(known: Known) -> LongFit:
    return fit_long(known, "pothole", LongViewParams())


def draw(known: Known, fitted: LongFit, scenario: str = "climatology") -> np.ndarray:
    weather = choose(known, long_paths(known, 100, DAYS, SEED), scenario, DAYS).weather
    return fitted.samples(known, weather, draws_of(SEED, SIZE, weather), DAYS)


def test_samples_are_whole_numbers_near_what_was_filed(known: Known, fitted: LongFit) -> None:
    samples = draw(known, fitted)
    assert samples.shape == (4, DAYS, SIZE)
    assert samples.dtype == np.int32
    assert samples.min() >= 0
    assert samples.mean() == pytest.approx(known.demand.counts.mean(), rel=0.2)


def test_the_same_inputs_give_the_same_bytes(known: Known, fitted: LongFit) -> None:
    again = fit_long(known, "pothole", LongViewParams())
    assert draw(known, again).tobytes() == draw(known, fitted).tobytes()


def test_days_after_the_origin_change_nothing(known: Known, fitted: LongFit) -> None:
    assert known.weather is not None
    later = np.concatenate([known.demand.counts, np.full((1, 4, 50), 99, np.int32)], axis=2)[:, :, :-50]
    storm = np.concatenate([known.weather.values, np.full((50, known.weather.values.shape[1]), 50.0)])[:-50]
    view = replace(known, demand=replace(known.demand, counts=later), weather=replace(known.weather, values=storm))
    assert draw(view, fit_long(view, "pothole", LongViewParams())).tobytes() == draw(known, fitted).tobytes()


def test_a_wet_year_brings_more_and_a_dry_one_less(known: Known, fitted: LongFit) -> None:
    means = {name: draw(known, fitted, name).mean() for name in ("climatology", "wet-year", "dry-year")}
    assert means["wet-year"] > 1.02 * means["climatology"]
    assert means["dry-year"] < 0.98 * means["climatology"]


def test_a_total_is_less_sure_the_further_ahead_it_lies(known: Known, fitted: LongFit) -> None:
    city = draw(known, fitted).sum(axis=0)
    near, far = city[:91].sum(axis=0), city[-91:].sum(axis=0)
    assert far.std() / far.mean() > near.std() / near.mean()


def test_totals_are_sums_of_draws_at_every_level(known: Known, fitted: LongFit) -> None:
    samples = draw(known, fitted)
    dates = pd.date_range(known.origin + pd.Timedelta(days=1), periods=DAYS, unit="us")
    weight = np.full(SIZE, 1 / SIZE)
    table = totals_table("pothole", samples, dates, weight, known.areas, known.demand)
    means = table.groupby(["level", "kind"])["mean"].sum()
    np.testing.assert_allclose(means, samples.sum() / SIZE)
    july = table.query("period == '2024-07' and level == 'city'").iloc[0]
    assert july["q50"] == np.quantile(samples[:, :31].sum(axis=(0, 1)), 0.5, method="inverted_cdf")
    assert july["is_whole"]
    assert not table.query("period == '2024'")["is_whole"].any()
    before = known.demand.counts[0][:, np.isin(known.demand.dates.to_period("M").astype(str), ["2023-07"])].sum()
    assert july["year_before"] == before


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_a_category_of_mostly_zeros_stays_low(city_known: Callable[..., Known], level: float) -> None:
    quiet = city_known(days=800, areas=3, level=level)
    assert draw(quiet, fit_long(quiet, "pothole", LongViewParams())).mean() < 0.05


def test_a_city_without_weather_has_a_long_view(city_known: Callable[..., Known]) -> None:
    dry = city_known(days=800, areas=3, with_weather=False)
    samples = draw(dry, fit_long(dry, "pothole", LongViewParams()))
    assert samples.mean() == pytest.approx(dry.demand.counts.mean(), rel=0.2)


def test_under_a_year_of_history_is_refused(city_known: Callable[..., Known]) -> None:
    with pytest.raises(HistoryTooShortError, match="364 days"):
        fit_long(city_known(days=364, areas=2), "pothole", LongViewParams())


def test_a_history_that_wandered_gives_a_wider_trend(city_known: Callable[..., Known]) -> None:
    steady = city_known(days=2200, areas=3, level=8.0)
    walk = np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.25, 80))).repeat(28)[:2200]
    moved = replace(
        steady.demand, counts=np.random.default_rng(3).poisson(steady.demand.counts * walk).astype(np.int32)
    )
    wide = fit_long(replace(steady, demand=moved), "pothole", LongViewParams()).trend
    narrow = fit_long(steady, "pothole", LongViewParams()).trend
    assert wide.level + wide.walk > 3 * (narrow.level + narrow.walk)
