"""Recent demand of an area: level, direction, its share of the city, days since its last request."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Ints
from features.group import FeatureGroup, Inputs
from features.groups.demand_city import last_year_season
from features.history import ewma, log_ratio, trailing_mean

SHARE_HALF_LIVES = (56, 182, 728)
SHARES = tuple(f"area_share_{h}d" for h in SHARE_HALF_LIVES)
MOST_DAYS = 365
LIKELY = 0.5
"""Expected requests from which a day whose rows are still to come has had one."""


def days_since_last(counts: Ints | Floats) -> Floats:
    """Days since the last request, 0 on a day with one; MOST_DAYS where longer ago or never, (A, T)."""
    days = np.arange(counts.shape[-1])
    last = np.maximum.accumulate(np.where(counts >= LIKELY, days, -MOST_DAYS), axis=-1)
    return np.minimum(days - last, MOST_DAYS).astype(np.float64)


def share_of_city(counts: Ints | Floats, half_life_days: float) -> Floats:
    """Share of the city's requests, weighted towards recent days; one request an area is added at the start."""
    keep = 0.5 ** (1.0 / half_life_days)
    length = counts.shape[-1]
    days = (1.0 - keep ** np.arange(1, length + 1)) / (1.0 - keep)
    own = ewma(counts, half_life_days) * days
    city = ewma(counts.sum(axis=0), half_life_days) * days
    share: Floats = (own + 1.0) / (city + len(counts))
    return share


def build(inputs: Inputs) -> dict[str, Floats]:
    counts = inputs.counts
    week, month, quarter, year = (ewma(counts, h) for h in (7, 28, 84, 364))
    mean_year = trailing_mean(counts, 364)
    shares = {name: share_of_city(counts, h) for name, h in zip(SHARES, SHARE_HALF_LIVES, strict=True)}
    return shares | {
        "area_mean_7d": trailing_mean(counts, 7),
        "area_mean_28d": trailing_mean(counts, 28),
        "area_mean_56d": trailing_mean(counts, 56),
        "area_mean_364d": mean_year,
        "area_trend_7d": log_ratio(week, quarter, 10),
        "area_trend_28d": log_ratio(month, year, 40),
        "area_trend_84d": log_ratio(quarter, year, 120),
        "area_days_since_last": days_since_last(counts),
        "area_last_year_season": last_year_season(trailing_mean(counts, 28), mean_year),
    }


GROUP = FeatureGroup(
    name="demand_area",
    grain="origin_area",
    columns=(
        *SHARES,
        "area_mean_7d",
        "area_mean_28d",
        "area_mean_56d",
        "area_mean_364d",
        "area_trend_7d",
        "area_trend_28d",
        "area_trend_84d",
        "area_days_since_last",
        "area_last_year_season",
    ),
    build=build,
    season_columns=("area_last_year_season",),
    unsteady_columns=("area_days_since_last",),
)
