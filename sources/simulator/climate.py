"""Climates: from standard normal latents to daily weather, and the skill of issued forecasts by lead.

Rain is a monotone function of a Gaussian latent (a stretched-exponential amount above a threshold), temperature
is linear in another, so weather given an issued forecast has a law that can be drawn from exactly
(`weather_law.py`). Stretched-exponential daily rain: Wilson & Toumi (2005), Geophys. Res. Lett. 32, L14812.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import log_ndtr, ndtri

from domain.chance import generator
from domain.panel import Floats

LEADS = 14
TEMPERATURE_ERROR_C = np.array([1.1, 1.35, 1.6, 1.85, 2.1, 2.5, 2.9, 3.3, 3.7, 4.1, 4.5, 4.5, 4.5, 4.5])
RAIN_CORRELATION = np.array([0.83, 0.745, 0.66, 0.575, 0.49, 0.42, 0.355, 0.29, 0.22, 0.155, 0.09, 0.09, 0.09, 0.09])
"""Targets by lead 1..14: sd of the error of the issued mean temperature, correlation of issued with observed rain."""


@dataclass(frozen=True)
class Climate:
    """Pairs are (midwinter, midsummer); between them a cosine of the day of the year.

    sd_c: anomalies of the daily mean. memory: correlation of a day's latent with the next day's.
    rain_scale_mm, rain_shape: amount = scale × (-log(1-u))^shape for a wet day's rank u.
    """

    name: str
    mean_c: tuple[float, float]
    sd_c: tuple[float, float]
    range_c: tuple[float, float]
    temperature_memory: float
    wet_share: tuple[float, float]
    rain_scale_mm: tuple[float, float]
    rain_shape: tuple[float, float]
    rain_memory: float
    wind_ms: tuple[float, float]


CLIMATES = {
    "continental": Climate(
        name="continental",
        mean_c=(-3.5, 23.5),
        sd_c=(6.2, 3.6),
        range_c=(8.5, 11.5),
        temperature_memory=0.72,
        wet_share=(0.30, 0.33),
        rain_scale_mm=(3.4, 7.2),
        rain_shape=(1.30, 1.65),
        rain_memory=0.30,
        wind_ms=(5.2, 3.6),
    ),
    "warm-coast": Climate(
        name="warm-coast",
        mean_c=(11.5, 29.5),
        sd_c=(6.6, 2.4),
        range_c=(11.0, 10.0),
        temperature_memory=0.70,
        wet_share=(0.27, 0.33),
        rain_scale_mm=(5.0, 7.0),
        rain_shape=(1.45, 1.60),
        rain_memory=0.30,
        wind_ms=(4.2, 3.2),
    ),
}


def season(day_of_year: Floats, pair: tuple[float, float]) -> Floats:
    """Between a midwinter value (mid January) and a midsummer value (mid July)."""
    warm = 0.5 - 0.5 * np.cos(2 * np.pi * (day_of_year - 17) / 365.25)
    curve: Floats = pair[0] + (pair[1] - pair[0]) * warm
    return curve


def wet_threshold(climate: Climate, day_of_year: Floats) -> Floats:
    """The latent below which a day stays dry."""
    threshold: Floats = ndtri(1 - season(day_of_year, climate.wet_share))
    return threshold


def rain_mm(climate: Climate, latent: Floats, day_of_year: Floats) -> Floats:
    """Rain of standard normal latents, rounded to 0.1 mm; a wet day has at least 0.1."""
    share = season(day_of_year, climate.wet_share)
    depth = np.log(share) - log_ndtr(-latent)  # -log(1 - u), exact in the far tail
    amount = season(day_of_year, climate.rain_scale_mm) * np.maximum(depth, 0) ** season(
        day_of_year, climate.rain_shape
    )
    rain: Floats = np.where(depth > 0, np.maximum(np.round(amount, 1), 0.1), 0.0)
    return rain


def temperature_noise(climate: Climate) -> Floats:
    """Share of the anomaly's variance that stays unknown at each lead, (14,)."""
    typical = np.sqrt(np.mean(season(np.arange(365.0), climate.sd_c) ** 2))
    share: Floats = np.minimum((TEMPERATURE_ERROR_C / typical) ** 2, 0.98)
    return share


@lru_cache(maxsize=8)
def _rain_skill(name: str) -> tuple[float, ...]:
    climate, rng = CLIMATES[name], generator(0, "rain skill")
    size = 60_000
    day = rng.uniform(0, 365, size)
    truth, other = rng.standard_normal((2, size))
    rain = rain_mm(climate, truth, day)
    grid = np.linspace(0, 1, 21)
    reached = [np.corrcoef(rain, rain_mm(climate, g * truth + np.sqrt(1 - g**2) * other, day))[0, 1] for g in grid]
    return tuple(np.interp(RAIN_CORRELATION, np.maximum.accumulate(reached), grid))


def rain_skill(climate: Climate) -> Floats:
    """Correlation of the issued with the true latent that gives RAIN_CORRELATION in millimetres, (14,)."""
    return np.array(_rain_skill(climate.name))
