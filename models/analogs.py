"""Archived issued forecasts beside the weather that followed: how good they were, and which resemble today's.

Rain and snow are compared and mapped on a log scale, temperature as the departure from the season's normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.panel import Floats, IssuedWeather, Known, Weather
from domain.words import WEATHER_VARIABLES

RAIN = WEATHER_VARIABLES.index("precipitation_mm")
SNOW = WEATHER_VARIABLES.index("snowfall_mm")
TEMPERATURES = tuple(WEATHER_VARIABLES.index(f"temperature_{k}_c") for k in ("min", "mean", "max"))
SEASON_DAYS = 60.0
"""A past day this far from today in the year costs as much as one standard deviation at perfect skill 0.7."""
MOST_STALE_DAYS = 3
"""An issued forecast older than this says nothing worth conditioning on."""
TEMPERATURE_WEIGHT = 0.1
RAIN_WEIGHT = 4.0
BESIDE = 0.25
"""Weight of the day before and after: rain forecasts are often right but a day early or late."""


@dataclass(frozen=True)
class Archive:
    """Past issue days whose outcome is known, and today's forecast. L leads, M past issue days.

    day: (M,) index of each issue day in the observed dates. issued, observed: (M, L, V) forecast and outcome of
    the same days. today: (L, V). season: (M,) days between the issue day and today in the year.
    """

    day: np.ndarray[tuple[int], np.dtype[np.intp]]
    issued: Floats
    observed: Floats
    today: Floats
    season: Floats

    @property
    def leads(self) -> int:
        return len(self.today)


def log_amount(amount: Floats) -> Floats:
    out: Floats = np.log1p(np.maximum(amount, 0.0))
    return out


def mean_temperature(values: Floats) -> Floats:
    """Mean of the temperatures there are, over the last axis; NaN where there is none."""
    some = values[..., list(TEMPERATURES)]
    there = np.isfinite(some)
    total = np.where(there, some, 0.0).sum(axis=-1)
    mean: Floats = np.where(there.any(axis=-1), total / np.maximum(there.sum(axis=-1), 1), np.nan)
    return mean


def normals(dates: pd.DatetimeIndex, values: Floats, wanted: pd.DatetimeIndex) -> Floats:
    """Seasonal normal of a series on the days `wanted`: two yearly harmonics; the mean where under a year is known."""

    def basis(days: pd.DatetimeIndex) -> Floats:
        angle = 2 * np.pi * np.asarray(days.day_of_year, dtype=np.float64) / 365.25
        waves = [f(k * angle) for k in (1, 2) for f in (np.sin, np.cos)]
        return np.stack([np.ones(len(days)), *waves], axis=1)

    there = np.isfinite(values)
    if there.sum() < 365:
        return np.full(len(wanted), values[there].mean() if there.any() else np.nan)
    weights = np.linalg.lstsq(basis(dates[there]), values[there], rcond=None)[0]
    normal: Floats = basis(wanted) @ weights
    return normal


def days_apart(dates: pd.DatetimeIndex, day: pd.Timestamp) -> Floats:
    """Distance in the year, 0 to 183 days."""
    gap = np.abs(np.asarray(dates.day_of_year, dtype=np.float64) - float(day.day_of_year))
    return np.minimum(gap, 365.25 - gap)


def archive_of(known: Known, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Archive | None:
    """Past issue days that may be used as analogs today; None where today has no usable forecast.

    usable: (T_w,) True where the stretch that follows an observed day is complete and known by the origin. A
    forecast up to MOST_STALE_DAYS old is used from the lead that falls on tomorrow, as are the past ones.
    """
    issued, weather = known.issued, known.weather
    if issued is None or weather is None or not len(issued.origins):
        return None
    origin = pd.Timestamp(known.origin)
    stale = (origin - issued.origins[-1]).days
    if not 0 <= stale <= MOST_STALE_DAYS or stale >= issued.values.shape[1]:
        return None
    today = issued.values[-1, stale:]
    if not np.isfinite(today).any():
        return None
    return _past(issued, weather, usable, stale, origin, today)


def _past(
    issued: IssuedWeather,
    weather: Weather,
    usable: np.ndarray[tuple[int], np.dtype[np.bool_]],
    stale: int,
    origin: pd.Timestamp,
    today: Floats,
) -> Archive:
    day = weather.dates.get_indexer(issued.origins[:-1] + pd.Timedelta(days=stale))
    leads = len(today)
    fits = (day >= 0) & (day + leads < len(weather.dates))
    fits[fits] &= usable[day[fits]]
    day = day[fits]
    ahead = day[:, None] + np.arange(1, leads + 1)
    return Archive(
        day=day,
        issued=issued.values[:-1][fits][:, stale:],
        observed=weather.values[ahead],
        today=today,
        season=days_apart(weather.dates[day], origin),
    )


def correlation(a: Floats, b: Floats) -> Floats:
    """Correlation over axis 0 of the rows where both are there, clipped to 0 … 0.97; 0 where it cannot be told."""
    both = np.isfinite(a) & np.isfinite(b)
    size = np.maximum(both.sum(axis=0), 1)
    a0 = np.where(both, a, 0.0)
    b0 = np.where(both, b, 0.0)
    a0 = np.where(both, a0 - a0.sum(axis=0) / size, 0.0)
    b0 = np.where(both, b0 - b0.sum(axis=0) / size, 0.0)
    spread = np.sqrt((a0**2).sum(axis=0) * (b0**2).sum(axis=0))
    r: Floats = np.where((spread > 0) & (size >= 30), (a0 * b0).sum(axis=0) / np.maximum(spread, 1e-12), 0.0)
    return np.clip(r, 0.0, 0.97)


def precision(skill: Floats) -> Floats:
    """How much a standard deviation of difference counts: r² / (1 − r²), 0 without skill."""
    weight: Floats = skill**2 / (1.0 - skill**2)
    return weight


def squared_gap(past: Floats, today: Floats) -> Floats:
    """((past − today) / sd of past)² by lead, (M, L); 0 where either is missing."""
    there = np.isfinite(past)
    size = np.maximum(there.sum(axis=0), 1)
    centre = np.where(there, past, 0.0).sum(axis=0) / size
    spread = np.sqrt(np.where(there, (past - centre) ** 2, 0.0).sum(axis=0) / size)
    gap: Floats = (past - today) / np.maximum(spread, 1e-6)
    return np.where(np.isfinite(gap), gap**2, 0.0)


def season_cost(archive: Archive) -> Floats:
    cost: Floats = (archive.season / SEASON_DAYS) ** 2
    return cost


def amount_costs(archive: Archive, variable: int) -> tuple[Floats, Floats]:
    """Distance of every past forecast of an amount (rain, snow) to today's by lead, (M, L), and the skill (L,)."""
    issued, today = log_amount(archive.issued[:, :, variable]), log_amount(archive.today[:, variable])
    skill = correlation(issued, log_amount(archive.observed[:, :, variable]))
    return RAIN_WEIGHT * precision(skill) * squared_gap(issued, today), skill


def beside(costs: Floats) -> Floats:
    """Costs by lead with BESIDE of those of the day before and after, (M, L)."""
    out = costs.copy()
    out[:, 1:] += BESIDE * costs[:, :-1]
    out[:, :-1] += BESIDE * costs[:, 1:]
    return out
