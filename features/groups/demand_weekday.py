"""How the city's demand spreads over the week: each weekday against the average one."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from features.group import FeatureGroup, Inputs
from features.history import ewma

HALF_LIVES = (56, 364)
FACTORS = tuple(f"weekday_factor_{h}d" for h in HALF_LIVES)
PRIOR_WEEKS = 4.0


def weekday_factor(city: Floats, weekday: Floats, half_life_days: float) -> Floats:
    """Mean of each weekday ÷ mean of all days, weighted towards recent weeks, shrunk to 1 by PRIOR_WEEKS, (T, 7)."""
    is_day = weekday[None, :] == np.arange(7)[:, None]
    keep = 0.5 ** (1.0 / half_life_days)
    days = (1.0 - keep ** np.arange(1, len(city) + 1)) / (1.0 - keep)
    seen = ewma(is_day.astype(np.float64), half_life_days) * days
    requests = ewma(city * is_day, half_life_days) * days
    mean = ewma(city, half_life_days) + 1e-9
    factor: Floats = (requests / mean + PRIOR_WEEKS) / (seen + PRIOR_WEEKS)
    return factor.T


def build(inputs: Inputs) -> dict[str, Floats]:
    city = inputs.counts.sum(axis=0).astype(np.float64)
    weekday = np.asarray(inputs.dates.day_of_week, dtype=np.float64)
    return {name: weekday_factor(city, weekday, h) for name, h in zip(FACTORS, HALF_LIVES, strict=True)}


GROUP = FeatureGroup(name="demand_weekday", grain="origin_weekday", columns=FACTORS, build=build)
