"""The law of the weather: six years of it, the forecasts issued, and draws given a forecast.

Two latents a day, each a stationary AR(1) of unit variance: temperature and rain. A forecast of day d is
y = latent + noise, with noise that grows with lead as a Brownian motion does. So a newer forecast holds all
that an older one of the same day held, and the law of the coming days given everything issued is the law given
the latest issue alone: a Gaussian posterior, with forecasts of "no rain" known only to lie below the wet
threshold (Gibbs steps between the latents and those forecasts; Tanner & Wong 1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.special import ndtr, ndtri

from domain.chance import generator
from domain.panel import Floats
from domain.words import WEATHER_VARIABLES
from sources.simulator.climate import (
    CLIMATES,
    LEADS,
    Climate,
    rain_mm,
    rain_skill,
    season,
    temperature_noise,
    wet_threshold,
)

GIBBS_SWEEPS = 25
HURRICANE = (1.9, 3.1, 3.75, 2.4)
"""Rain latents of its four days: about 20, 120, 230 and 45 mm."""
SPARE_DAYS = 60
"""Weather beyond the last day of history, so that the last origin has a true future."""


@dataclass(frozen=True)
class WorldWeather:
    """dates (T,): history and SPARE_DAYS more. values (T, V). latents (T, 2): temperature, rain.

    issued_latents (T, 14, 2): y of the forecast issued on day t for day t + lead. issued (T, 14, V).
    hurricane: first day of the planted event.
    """

    climate: Climate
    dates: pd.DatetimeIndex
    values: Floats
    latents: Floats
    issued_latents: Floats
    issued: Floats
    hurricane: date | None


def noise_variance(climate: Climate) -> Floats:
    """Variance of a forecast's noise by lead, (14, 2): temperature, rain."""
    unknown = np.stack([temperature_noise(climate), 1 - rain_skill(climate) ** 2], axis=1)
    variance: Floats = unknown / (1 - unknown)
    return variance


def day_of_year(dates: pd.DatetimeIndex) -> Floats:
    numbers: Floats = dates.day_of_year.to_numpy(float)
    return numbers


def _memory(climate: Climate) -> Floats:
    return np.array([climate.temperature_memory, climate.rain_memory])


def _latents(climate: Climate, days: int, rng: np.random.Generator) -> Floats:
    memory = _memory(climate)
    shocks = rng.standard_normal((days, 2)) * np.sqrt(1 - memory**2)
    shocks[0] /= np.sqrt(1 - memory**2)
    return np.stack([lfilter([1.0], [1.0, -m], shocks[:, i]) for i, m in enumerate(memory)], axis=1)


def as_weather(climate: Climate, latents: Floats, extra: Floats, day: Floats, depth_before: Floats) -> Floats:
    """Weather of latents (..., H, 2) as (..., H, V).

    day: days of the year, broadcast against (..., H). extra (..., H, 2): standard normals of the diurnal range and
    the wind, 0 for their expectation.
    depth_before (...): snow lying on the evening before, mm.
    """
    rain = rain_mm(climate, latents[..., 1], day)
    mean = season(day, climate.mean_c) + season(day, climate.sd_c) * latents[..., 0]
    spread = season(day, climate.range_c) * (1 - 0.3 * (rain > 2)) * np.exp(0.15 * extra[..., 0])
    snowfall = np.where(mean < 1.0, 10 * rain * np.clip((1.0 - mean) / 2.0, 0.2, 1), 0.0)
    wind = season(day, climate.wind_ms) * np.exp(0.28 * extra[..., 1] + 0.22 * np.maximum(latents[..., 1], -1))
    melt = 20 * np.maximum(mean, 0) + 2
    depth = np.empty_like(rain)
    lying = np.broadcast_to(depth_before, rain.shape[:-1])
    for i in range(rain.shape[-1]):
        lying = np.maximum(lying * 0.97 + 0.8 * snowfall[..., i] - melt[..., i], 0)
        depth[..., i] = lying
    columns = {
        "temperature_min_c": mean - 0.5 * spread,
        "temperature_mean_c": mean,
        "temperature_max_c": mean + 0.5 * spread,
        "precipitation_mm": rain,
        "snowfall_mm": snowfall,
        "snow_depth_mm": depth,
        "wind_ms": wind,
    }
    unknown = np.full_like(rain, np.nan)  # the world's days have no hours
    values: Floats = np.stack([np.round(columns.get(v, unknown), 1) for v in WEATHER_VARIABLES], axis=-1)
    return values


def _plant_hurricane(latents: Floats, dates: pd.DatetimeIndex, last: int, rng: np.random.Generator) -> date:
    """Late August or September of one of the middle years; returns its first day."""
    years = dates[:last].year.to_numpy()
    middle = np.unique(years)[1:-1] if len(np.unique(years)) > 2 else np.unique(years)
    inside = (dates.month == 9) | ((dates.month == 8) & (dates.day > 20))
    candidates = np.flatnonzero(inside & np.isin(dates.year, middle) & (np.arange(len(dates)) < last - 30))
    first = int(rng.choice(candidates)) if len(candidates) else last // 2
    latents[first : first + len(HURRICANE), 1] = HURRICANE
    started: date = dates[first].date()
    return started


def _issue(climate: Climate, latents: Floats, rng: np.random.Generator) -> Floats:
    """Forecast latents (T, 14, 2) issued on each day: newer ones of a day refine the older."""
    days = len(latents)
    steps = np.diff(noise_variance(climate), axis=0, prepend=0.0)
    walk = np.cumsum(rng.standard_normal((days, LEADS, 2)) * np.sqrt(np.maximum(steps, 0)), axis=1)
    target = np.arange(days)[:, None] + np.arange(1, LEADS + 1)
    lead = np.arange(LEADS)[None, :]
    beyond = target >= days
    target = np.minimum(target, days - 1)
    issued: Floats = latents[target] + walk[target, lead]
    issued[beyond] = np.nan
    return issued


def _issued_weather(climate: Climate, issued: Floats, dates: pd.DatetimeIndex, depth: Floats) -> Floats:
    """What the public sees of forecast latents: the expected temperature; rain of a day with as much skill."""
    variance = noise_variance(climate)
    shown = issued / np.where([True, False], 1 + variance, np.sqrt(1 + variance))
    day = day_of_year(dates + pd.Timedelta(days=1))[:, None] + np.arange(LEADS)
    return as_weather(climate, shown, np.zeros_like(shown), day, depth)


def make_weather(name: str, start: date, days: int, seed: int, *, hurricane: bool) -> WorldWeather:
    """Weather of `days` days from `start`, and SPARE_DAYS more."""
    climate = CLIMATES[name]
    dates = pd.date_range(start, periods=days + SPARE_DAYS, freq="D", unit="us")
    rng = generator(seed, "weather")
    latents = _latents(climate, len(dates), rng)
    extra = rng.standard_normal((len(dates), 2))
    planted = _plant_hurricane(latents, dates, days, rng) if hurricane else None
    values = as_weather(climate, latents, extra, day_of_year(dates), np.zeros(()))
    if planted is not None:
        first = (planted - start).days
        values[first : first + len(HURRICANE), WEATHER_VARIABLES.index("wind_ms")] = (9.0, 17.5, 21.0, 8.0)
    issued_latents = _issue(climate, latents, generator(seed, "issued"))
    depth = values[:, WEATHER_VARIABLES.index("snow_depth_mm")]
    issued = _issued_weather(climate, issued_latents, dates, depth)
    return WorldWeather(climate, dates, values, latents, issued_latents, issued, planted)


def _posterior(prior: Floats, memory: float, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """Covariance factor, gain of the forecasts, gain of today's latent: z | y = gain y + today z0 + factor e."""
    days = len(variance)
    lag = np.arange(1, days + 1)
    # z_k given z_0 has mean memory^k z_0 and covariance memory^|j-k| - memory^(j+k)
    covariance = memory ** np.abs(lag[:, None] - lag) - memory ** (lag[:, None] + lag)
    gain = covariance @ np.linalg.inv(covariance + np.diag(variance))
    factor = np.linalg.cholesky(covariance - gain @ covariance + 1e-12 * np.eye(days))
    today = (np.eye(days) - gain) @ (memory**lag)
    return factor, gain, today * prior


def draw_given_issue(weather: WorldWeather, index: int, horizon: int, draws: int, rng: np.random.Generator) -> Floats:
    """Weather (S, H, V) of the days after day `index`, from its law given what was issued that evening."""
    climate, dates = weather.climate, weather.dates[index + 1 : index + 1 + horizon]
    variance, memory = noise_variance(climate)[:horizon], _memory(climate)
    issued = weather.issued_latents[index, :horizon]
    day = day_of_year(dates)
    limit = wet_threshold(climate, day) * np.sqrt(1 + variance[:, 1])
    hidden = issued[:, 1] <= limit  # "no rain" was issued
    latents = np.empty((draws, horizon, 2))
    for i in range(2):
        factor, gain, today = _posterior(weather.latents[index, i], memory[i], variance[:, i])
        y = np.broadcast_to(issued[:, i], (draws, horizon)).copy()
        if i == 1:
            y[:, hidden] = limit[hidden] - 0.5
        for _ in range(GIBBS_SWEEPS if i == 1 and hidden.any() else 1):
            latents[..., i] = y @ gain.T + today + rng.standard_normal((draws, horizon)) @ factor.T
            if i == 1 and hidden.any():
                y[:, hidden] = _below(latents[:, hidden, 1], np.sqrt(variance[hidden, 1]), limit[hidden], rng)
    extra = rng.standard_normal((draws, horizon, 2))
    depth = weather.values[index, WEATHER_VARIABLES.index("snow_depth_mm")]
    return as_weather(climate, latents, extra, day, np.full(draws, depth))


def _below(mean: Floats, sd: Floats, limit: Floats, rng: np.random.Generator) -> Floats:
    """Normals around `mean` cut off above `limit`."""
    top = ndtr((limit - mean) / sd)
    cut: Floats = mean + sd * ndtri(np.maximum(rng.uniform(size=mean.shape) * top, 1e-12))
    return cut
