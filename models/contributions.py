"""What the weather brings, part by part: a booster's contributions on the mean path.

Contributions (TreeSHAP, Lundberg et al. 2020) live in log space and cost far more than a prediction, so they only
share out an effect that the pipeline has measured (`models.effects`), on the mean weather path, in the busiest areas.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from domain.panel import Floats, WeatherPaths
from features.build import Built, columns_of, features_of, path_dates, rows_at
from models.weather_parts import (
    FROST,
    RAIN,
    RAIN_SO_FAR,
    SNOW,
    SNOW_DEPTH,
    WARMTH,
    WIND,
    by_part,
    mean_path,
)

BUSIEST_AREAS = 12
LEAST = 1e-9


def part_of(column: str) -> str | None:
    """What a weather feature tells of; None for features of anything else."""
    if column in ("rain_mm", "rain_hour_mm"):
        return RAIN
    starts = {
        "rain_mm": RAIN_SO_FAR,
        "rain_hour": RAIN_SO_FAR,
        "wet_days": RAIN_SO_FAR,
        "freeze_thaw": FROST,
        "temperature": WARMTH,
        "snowfall": SNOW,
        "snow_depth": SNOW_DEPTH,
        "wind": WIND,
    }
    return next((part for start, part in starts.items() if column.startswith(start)), None)


def weather_logs(
    booster: lgb.Booster, built: Built, weather: WeatherPaths, climate: WeatherPaths, horizon: int, threads: int
) -> dict[str, Floats]:
    """See `models.effects.TellsWeather`; the busiest areas stand for the city, weighed by their requests."""
    areas = np.argsort(-built.inputs.counts[:, -364:].sum(axis=1), kind="stable")[:BUSIEST_AREAS]
    log = contributions(booster, built, mean_path(weather), areas, horizon, threads)
    log = log - contributions(booster, built, mean_path(climate), areas, horizon, threads)
    busy = built.inputs.counts[areas, -364:].mean(axis=1)
    by_column = np.tensordot(log, busy / max(busy.sum(), LEAST), axes=([1], [0]))
    return by_part(by_column, [part_of(c) for c in columns_of(built.groups, "date")])


def contributions(
    booster: lgb.Booster, built: Built, path: Floats, areas: np.ndarray, horizon: int, threads: int
) -> Floats:
    """Contributions of the date features on one weather path, (H, A, n)."""
    dates = path_dates(built, horizon, path[None])[0]
    last = np.array(built.inputs.counts.shape[1] - 1)
    chosen = rows_at(built, last, np.arange(1, horizon + 1)[:, None], areas)
    x = features_of(built, chosen, np.repeat(dates, len(areas), axis=0))
    made = np.asarray(booster.predict(x, pred_contrib=True, num_threads=threads))
    at = [built.columns.index(c) for c in columns_of(built.groups, "date")]
    out: Floats = made[:, at].reshape(horizon, len(areas), len(at))
    return out
