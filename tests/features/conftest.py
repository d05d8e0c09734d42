"""A small city whose demand follows rain, as what feature groups and forecasters read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.panel import AreaMap, Demand, Floats, Known, Weather


def daily_weather(days: int) -> Floats:
    """Seasonal temperature that crosses freezing, rain on one day in three, (T, V)."""
    rng = np.random.default_rng(2)
    season = 8 - 12 * np.cos(2 * np.pi * np.arange(days) / 365.25)
    mean = season + rng.normal(0, 3, days)
    rain = np.where(rng.random(days) < 0.3, rng.gamma(0.8, 9, days), 0.0)
    snow = np.where(mean < 0, rain, 0.0)
    depth = np.full(days, np.nan)
    wind, hour = rng.gamma(4, 1, days), rain * rng.uniform(0.1, 1.0, days)
    crossings = np.where(np.abs(mean) < 5, rng.integers(1, 4, days), 0.0)
    return np.stack([mean - 5, mean, mean + 5, rain, snow, depth, wind, hour, crossings], axis=1)


@pytest.fixture
def build_known() -> Callable[..., Known]:
    """Known with `days` days up to the origin, cut out of one fixed history of 800 days."""

    def build(days: int = 800, *, areas: int = 3, with_weather: bool = True) -> Known:
        rng = np.random.default_rng(1)
        weather = daily_weather(800)
        rate = (0.5 + np.arange(areas))[:, None] * (1 + weather[:, 3] / 5)
        counts = rng.poisson(rate).astype(np.int32)[None, :, :days]
        dates = pd.date_range("2020-01-06", periods=800, freq="D", unit="us")[:days]
        names = tuple(f"a{i}" for i in range(areas))
        near = np.abs(np.subtract.outer(np.arange(areas), np.arange(areas))) == 1
        known = np.where(np.arange(areas) == 0, np.nan, 1000.0 * (1 + np.arange(areas)))
        origin = dates[-1].date()
        return Known(
            city="testville",
            as_of=origin,
            origin=origin,
            demand=Demand(dates, names, ("flooding",), counts, np.zeros((1, days), np.int32)),
            areas=AreaMap(names, tuple("NS"[i % 2] for i in range(areas)), known, known, known, near),
            holidays={date(y, m, d): "holiday" for y in range(2020, 2023) for m, d in ((1, 1), (7, 4), (12, 25))},
            weather=Weather(dates, weather[:days]) if with_weather else None,
            issued=None,
        )

    return build
