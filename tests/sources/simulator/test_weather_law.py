"""The weather, the forecasts issued, and the law of the one given the other."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chance import generator
from domain.words import WEATHER_VARIABLES
from sources.simulator.climate import CLIMATES, LEADS, rain_mm, wet_threshold
from sources.simulator.town import is_freeze_thaw
from sources.simulator.weather_law import WorldWeather, draw_given_issue, make_weather

MEAN, RAIN, SNOW = (WEATHER_VARIABLES.index(v) for v in ("temperature_mean_c", "precipitation_mm", "snowfall_mm"))
DAYS = 2192
START = date(2019, 3, 18)


@pytest.fixture(scope="module", params=sorted(CLIMATES))
def worlds(request: pytest.FixtureRequest) -> list[WorldWeather]:
    return [make_weather(request.param, START, DAYS, seed, hurricane=True) for seed in range(6)]


@pytest.fixture(scope="module")
def calm() -> WorldWeather:
    return make_weather("continental", START, DAYS, 21, hurricane=False)


def _by_lead(weather: WorldWeather, variable: int) -> tuple[np.ndarray, np.ndarray]:
    truth = np.stack([weather.values[lead : DAYS + lead, variable] for lead in range(1, LEADS + 1)])
    return truth, weather.issued[:DAYS, :, variable].T


def test_issued_temperatures_err_more_with_every_lead(worlds: list[WorldWeather]) -> None:
    """Targets: sd of about 1.1 °C at lead 1, 2.1 at 5, 4.5 from 11; tolerance 10 %."""
    error = np.mean([np.std(np.subtract(*_by_lead(w, MEAN)), axis=1) for w in worlds], axis=0)
    assert np.allclose(error[[0, 4, 10, 13]], [1.1, 2.1, 4.5, 4.5], rtol=0.1)
    assert (np.diff(error[:11]) > 0).all()


def test_issued_rain_loses_its_skill_with_lead(worlds: list[WorldWeather]) -> None:
    """Targets: correlation of about .83 at lead 1, .49 at 5, .09 from 11; tolerance 0.1."""
    pairs = [_by_lead(w, RAIN) for w in worlds]
    skill = np.mean([[np.corrcoef(a, b)[0, 1] for a, b in zip(*p, strict=True)] for p in pairs], axis=0)
    assert np.abs(skill[[0, 4, 10, 13]] - [0.83, 0.49, 0.09, 0.09]).max() <= 0.1


def test_a_continental_year_has_four_seasons_frost_snow_and_cloudbursts(calm: WorldWeather) -> None:
    values, month = calm.values[:DAYS], calm.dates[:DAYS].month.to_numpy()
    seasons = [values[np.isin(month, m), MEAN].mean() for m in ((12, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11))]
    assert seasons[0] < 0 < seasons[1] < seasons[2] > seasons[3] > 0
    assert 40 < is_freeze_thaw(values).sum() / 6 < 110
    assert values[np.isin(month, (12, 1, 2)), SNOW].sum() > 300
    assert values[np.isin(month, (6, 7, 8)), RAIN].max() > values[np.isin(month, (12, 1, 2)), RAIN].max()


def test_one_hurricane_like_event_is_planted_in_late_summer(worlds: list[WorldWeather]) -> None:
    for weather in worlds:
        assert weather.hurricane is not None
        first = (weather.hurricane - START).days
        assert weather.hurricane.month in (8, 9)
        assert weather.values[first : first + 4, RAIN].sum() > 180
        assert weather.values[first : first + 4, WEATHER_VARIABLES.index("wind_ms")].max() > 20


def test_an_older_forecast_of_a_day_is_a_newer_one_with_more_noise(calm: WorldWeather) -> None:
    """So that the latest issue holds all that was known: the change from one to the next is new noise."""
    y = calm.issued_latents
    newer, older = y[1:DAYS, 3, 1], y[: DAYS - 1, 4, 1]
    truth = calm.latents[5 : DAYS + 4, 1]
    assert abs(np.corrcoef(older - newer, newer - truth)[0, 1]) < 0.06


@pytest.mark.parametrize("variable", [MEAN, RAIN])
@pytest.mark.parametrize("lead", [1, 4, 14])
def test_weather_ranks_evenly_among_draws_given_the_issue(calm: WorldWeather, variable: int, lead: int) -> None:
    rng = generator(3, "ranks")
    ranks = []
    for index in range(20, DAYS - 20, 12):
        drawn = draw_given_issue(calm, index, 14, 60, rng)[:, lead - 1, variable]
        fact = calm.values[index + lead, variable]
        ranks.append((drawn < fact).mean() + rng.uniform() * (drawn == fact).mean())
    rank = np.array(ranks)
    assert abs(rank.mean() - 0.5) < 0.07
    assert abs(((rank > 0.1) & (rank < 0.9)).mean() - 0.8) < 0.09


def test_draws_narrow_as_the_day_comes_near(calm: WorldWeather) -> None:
    drawn = draw_given_issue(calm, 700, 14, 400, generator(1, "narrow"))
    spread = drawn[..., MEAN].std(axis=0)
    assert spread[0] < 0.4 * spread[13]


@given(latent=st.floats(-4, 4.5), day=st.integers(1, 365), name=st.sampled_from(sorted(CLIMATES)))
def test_rain_rises_with_its_latent_and_stays_away_below_the_threshold(latent: float, day: int, name: str) -> None:
    climate, when = CLIMATES[name], np.array([float(day)])
    here, above = (rain_mm(climate, np.array([z]), when)[0] for z in (latent, latent + 0.1))
    assert 0 <= here <= above < 1000
    assert (here == 0) == (latent <= wet_threshold(climate, when)[0])
