"""Gaps, batch entries, catastrophes and level breaks are found where they were put, and not where nothing was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.panel import Floats, Ints, Known
from domain.words import WEATHER_VARIABLES
from models.history.trust import history_of

DAYS = 1826
WEEKDAY = np.array([1.3, 1.3, 1.2, 1.2, 1.1, 0.5, 0.4])


def series(known: Known, seed: int, level: float = 30.0, *, dispersion: float = 5.0) -> Ints:
    """(T,) negative binomial counts with weekdays, seasons, rain, frost and a level that wanders."""
    dates, values = known.demand.dates, known.weather.values if known.weather else np.zeros((DAYS, 7))
    rng = generator(seed, "series")
    rain = np.convolve(values[:, 3], [0.5, 0.3, 0.2])[: len(dates)]
    frost = np.convolve((values[:, 0] < 0) * (values[:, 2] > 0), np.ones(7))[: len(dates)]
    season = 0.5 * np.cos(2 * np.pi * dates.day_of_year.to_numpy() / 365.25 - 1.0)
    wander = np.zeros(len(dates))
    for t, step in enumerate(rng.normal(0, 0.02, len(dates))):
        wander[t] = 0.985 * wander[t - 1] + step
    mean = level * WEEKDAY[dates.day_of_week] * np.exp(0.02 * rain + 0.05 * frost + season + wander)
    counts: Ints = rng.poisson(mean * rng.gamma(dispersion, 1 / dispersion, len(dates))).astype(np.int32)
    return counts


def of(known: Known, total: Ints) -> Known:
    """The city with these requests, split over its first two areas."""
    counts = np.zeros_like(known.demand.counts)
    counts[0, 0], counts[0, 1] = total // 2, total - total // 2
    return replace(known, demand=replace(known.demand, counts=counts))


@pytest.fixture(scope="module")
def town(city_known: Callable[..., Known]) -> Known:
    return city_known(areas=3, days=DAYS, seed=5)


def test_ordinary_histories_have_no_breaks_and_keep_nearly_every_day(city_known: Callable[..., Known]) -> None:
    found = [
        history_of(of(k, series(k, seed)), "pothole") for seed in range(10) for k in [city_known(days=DAYS, seed=seed)]
    ]
    assert sum(len(h.breaks) for h in found) <= 5  # one in ten years at the most
    assert np.mean([(h.trust < 1).mean() for h in found]) < 0.002


def test_a_lasting_step_is_found_to_the_day_within_weeks(town: Known) -> None:
    total = series(town, 1)
    at = 1500
    total[at:] *= 3
    seen = [_cut(of(town, total), at + days) for days in (3, 35)]
    early, later = (history_of(known, "pothole").breaks for known in seen)
    assert early == ()
    (found,) = later
    assert abs(found.index - at) <= 2
    assert found.day == town.demand.dates[found.index].date()
    assert found.factor == pytest.approx(3.0, rel=0.35)


def test_a_step_is_not_known_before_it_happens(town: Known) -> None:
    total = series(town, 1)
    changed = total.copy()
    changed[1500:] *= 3
    one, other = (history_of(_cut(of(town, x), 1500), "pothole") for x in (total, changed))
    assert np.array_equal(one.trust, other.trust)
    assert (one.breaks, one.findings) == (other.breaks, other.findings)


def test_weeks_without_any_row_are_not_learnt_from(town: Known) -> None:
    total = series(town, 2)
    total[900:930] = 0
    history = history_of(of(town, total), "pothole")
    assert (history.trust[900:930] == 0).all()
    assert [f.kind for f in history.findings if f.first == _day(town, 900)] == ["gap"]
    assert history.breaks == ()


def test_a_backlog_keyed_in_on_one_day_is_not_learnt_from(town: Known) -> None:
    total = series(town, 3)
    total[1102] = total[1100:1103].sum()
    total[1100:1102] = 0
    history = history_of(of(town, total), "pothole")
    assert (history.trust[1100:1103] == 0).all()
    assert "keyed in at once" in next(f.words for f in history.findings if f.first == _day(town, 1100))


def test_a_backlog_of_all_kinds_is_one_of_a_rare_kind_too(city_known: Callable[..., Known]) -> None:
    known = city_known(areas=3, days=DAYS, seed=5, categories=("pothole", "noise"))
    often, rarely = series(known, 3), series(known, 8, level=3.0)
    for total in (often, rarely):
        total[1102] = total[1100:1103].sum()
        total[1100:1102] = 0
    counts = np.zeros_like(known.demand.counts)
    counts[0, 0], counts[1, 0] = often, rarely
    history = history_of(replace(known, demand=replace(known.demand, counts=counts)), "noise")
    assert (history.trust[1100:1103] == 0).all()
    assert [f.kind for f in history.findings if f.first == _day(known, 1100)] == ["batch entry"]


def test_a_dry_day_out_of_line_is_a_batch_and_the_same_day_in_a_flood_is_a_catastrophe(town: Known) -> None:
    assert town.weather is not None
    dry = town.weather.values.copy()
    dry[1290:1301, WEATHER_VARIABLES.index("precipitation_mm")] = 0.0
    dry[1290:1301, WEATHER_VARIABLES.index("snowfall_mm")] = 0.0
    dry[1290:1301, WEATHER_VARIABLES.index("temperature_min_c")] = 9.0
    wet = dry.copy()
    wet[1299:1301, WEATHER_VARIABLES.index("precipitation_mm")] = 180.0
    total = series(town, 4)
    total[1300] = 1500
    batch, flood = (history_of(of(_with_weather(town, w), total), "pothole") for w in (dry, wet))
    assert batch.trust[1300] == 0
    assert 0.05 < flood.trust[1300] < 1.0
    assert {f.kind for f in flood.findings if f.first == _day(town, 1300)} == {"catastrophe"}


def test_rows_keyed_in_on_a_dry_day_after_a_storm_are_told_as_that_alone(town: Known) -> None:
    """The days after an extreme of weather may be a catastrophe, but a day is not both learnt from and not."""
    assert town.weather is not None
    weather = town.weather.values.copy()
    rain, low = (WEATHER_VARIABLES.index(v) for v in ("precipitation_mm", "temperature_min_c"))
    weather[1285:1301, rain], weather[1285:1301, low] = 0.0, 9.0
    weather[1290:1292, rain] = 180.0
    total = series(town, 4)
    total[1300] = 1500
    history = history_of(of(_with_weather(town, weather), total), "pothole")
    assert history.trust[1300] == 0
    assert [f.kind for f in history.findings if f.first <= _day(town, 1300) <= f.last] == ["batch entry"]


def test_a_city_without_weather_and_a_category_without_requests_have_a_history_too(town: Known) -> None:
    none = history_of(of(town, np.zeros(DAYS, dtype=np.int32)), "pothole")
    assert none.breaks == ()
    dry = history_of(replace(of(town, series(town, 6)), weather=None), "pothole")
    assert dry.breaks == ()
    assert (dry.trust == 1).mean() > 0.99


def _with_weather(known: Known, values: Floats) -> Known:
    assert known.weather is not None
    return replace(known, weather=replace(known.weather, values=values))


def _cut(known: Known, days: int) -> Known:
    """The city as of the end of day `days` - 1."""
    assert known.weather is not None
    demand, weather = known.demand, known.weather
    return replace(
        known,
        origin=demand.dates[days - 1].date(),
        demand=replace(
            demand, dates=demand.dates[:days], counts=demand.counts[:, :, :days], unlocated=demand.unlocated[:, :days]
        ),
        weather=replace(weather, dates=weather.dates[:days], values=weather.values[:days]),
    )


def _day(known: Known, index: int) -> date:
    return pd.Timestamp(known.demand.dates[index]).date()
