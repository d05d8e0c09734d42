"""Recent demand of the whole city: level, direction, and the same season a year ago."""

from __future__ import annotations

from domain.panel import Floats
from features.group import FeatureGroup, Inputs
from features.history import ewma, log_ratio, shifted, trailing_mean

HALF_LIVES = (3, 7, 14, 28, 56, 112, 364)
LEVELS = tuple(f"city_level_{h}d" for h in HALF_LIVES)
SEASON_DAYS = 28


def last_year_season(mean_season: Floats, mean_year: Floats) -> Floats:
    """log of the weeks that followed a year ago against the year that held them; NaN in the first 14 months.

    The window lies 364 days back, so that weekdays agree, and reaches 21 days past the origin's own date.
    """
    ahead = 364 - 21
    return log_ratio(shifted(mean_season, ahead), shifted(mean_year, ahead), SEASON_DAYS)


def build(inputs: Inputs) -> dict[str, Floats]:
    city = inputs.counts.sum(axis=0)
    levels = {name: ewma(city, h) for name, h in zip(LEVELS, HALF_LIVES, strict=True)}
    year = trailing_mean(city, 364)
    return levels | {
        "city_mean_7d": trailing_mean(city, 7),
        "city_trend_3d": log_ratio(levels["city_level_3d"], levels["city_level_28d"], 4),
        "city_trend_7d": log_ratio(levels["city_level_7d"], levels["city_level_28d"], 10),
        "city_trend_28d": log_ratio(levels["city_level_28d"], levels["city_level_112d"], 40),
        "city_trend_112d": log_ratio(levels["city_level_112d"], levels["city_level_364d"], 160),
        "city_last_year_season": last_year_season(trailing_mean(city, SEASON_DAYS), year),
    }


GROUP = FeatureGroup(
    name="demand_city",
    grain="origin",
    columns=(
        *LEVELS,
        "city_mean_7d",
        "city_trend_3d",
        "city_trend_7d",
        "city_trend_28d",
        "city_trend_112d",
        "city_last_year_season",
    ),
    build=build,
    season_columns=("city_last_year_season",),
)
