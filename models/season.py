"""The season of daily weather: what is normal on a day of the year, and how far two days lie apart in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Floats
from domain.words import WEATHER_VARIABLES

TEMPERATURES = tuple(WEATHER_VARIABLES.index(f"temperature_{k}_c") for k in ("min", "mean", "max"))


def mean_temperature(values: Floats) -> Floats:
    """Mean of the temperatures there are, over the last axis; NaN where there is none."""
    some = values[..., list(TEMPERATURES)]
    there = np.isfinite(some)
    total = np.where(there, some, 0.0).sum(axis=-1)
    mean: Floats = np.where(there.any(axis=-1), total / np.maximum(there.sum(axis=-1), 1), np.nan)
    return mean


def waves(days: pd.DatetimeIndex, harmonics: int) -> Floats:
    """Sines and cosines of the day of the year, (N, 2 × harmonics)."""
    angle = 2 * np.pi * np.asarray(days.day_of_year, dtype=np.float64) / 365.25
    return np.stack([f(k * angle) for k in range(1, harmonics + 1) for f in (np.sin, np.cos)], axis=1)


def normals(dates: pd.DatetimeIndex, values: Floats, wanted: pd.DatetimeIndex) -> Floats:
    """Seasonal normal of a series on the days `wanted`: two yearly harmonics; the mean where under a year is known."""

    def basis(days: pd.DatetimeIndex) -> Floats:
        return np.concatenate([np.ones((len(days), 1)), waves(days, 2)], axis=1)

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
