"""The weather effect of a day split by what the weather brings, from a booster's contributions on the mean path.

Contributions (TreeSHAP, Lundberg et al. 2020) live in log space and cost far more than a prediction, so they only
share out an effect that the pipeline has measured, on the mean weather path, in the busiest areas.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np

from domain.panel import Floats, WeatherPaths
from features.build import Built, columns_of, features_of, path_dates, rows_at

BUSIEST_AREAS = 12
CLEAR = 0.2
"""Parts that all but cancel (their sum below this share of their sizes) say nothing about the effect."""


def part_of(column: str) -> str | None:
    """What a weather feature tells of; None for features of anything else."""
    if column in ("rain_mm", "rain_hour_mm"):
        return "rain of the day"
    starts = {
        "rain_mm": "rain before",
        "rain_hour": "rain before",
        "wet_days": "rain before",
        "freeze_thaw": "freezing and thawing",
        "temperature": "temperature",
        "snow": "snow",
        "wind": "wind",
    }
    return next((part for start, part in starts.items() if column.startswith(start)), None)


def weather_shares(
    booster: lgb.Booster, built: Built, weather: WeatherPaths, climate: WeatherPaths, horizon: int, threads: int
) -> dict[str, Floats]:
    """Part -> share of the city's weather effect of each day, (H,); the shares of a day sum to 1, or are all NaN."""
    areas = np.argsort(-built.inputs.counts[:, -364:].sum(axis=1), kind="stable")[:BUSIEST_AREAS]
    log = contributions(booster, built, mean_path(weather), areas, horizon, threads)
    log = log - contributions(booster, built, mean_path(climate), areas, horizon, threads)
    busy = built.inputs.counts[areas, -364:].mean(axis=1)
    by_column = np.tensordot(log, busy, axes=([1], [0]))
    parts = [part_of(c) for c in columns_of(built.groups, "date")]
    sums = {p: by_column[:, [q == p for q in parts]].sum(axis=1) for p in dict.fromkeys(parts) if p is not None}
    total = np.sum(list(sums.values()), axis=0)
    is_clear = np.abs(total) > CLEAR * np.sum(np.abs(list(sums.values())), axis=0)
    safe = np.where(is_clear, total, np.nan)
    return {part: value / safe for part, value in sums.items()}


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


def mean_path(weather: WeatherPaths) -> Floats:
    """(H, V): the weighted mean over the paths."""
    mean: Floats = np.tensordot(weather.weight, weather.values, axes=1)
    return mean
