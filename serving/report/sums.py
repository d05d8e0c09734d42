"""Sums of draws: what a stretch of days may bring, area by area and for the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from serving.report.source import Source

Floats = NDArray[np.float64]
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Cube:
    """Draws of one category at area level: samples (A, H, S), weight (S,) summing to 1."""

    areas: tuple[str, ...]
    dates: pd.DatetimeIndex
    samples: NDArray[np.int64]
    weight: Floats


@dataclass(frozen=True)
class Range:
    """Mean and the ends between which 80 % of cases lie; the same shape each."""

    mean: Floats
    low: Floats
    high: Floats


def cube(source: Source, category: str) -> Cube | None:
    """The category's draws, or None where the publication holds none at area level."""
    forecasts = source.table("forecasts")
    rows = forecasts[(forecasts["level"] == "area") & (forecasts["category"] == category)]
    rows = rows.sort_values(["area", "date"], kind="stable")
    if rows.empty or rows["samples"].isna().any():
        return None
    areas, dates = tuple(rows["area"].unique()), pd.DatetimeIndex(rows["date"].unique())
    samples = np.stack([np.asarray(draws, dtype=np.int64) for draws in rows["samples"]])
    return Cube(areas, dates, samples.reshape(len(areas), len(dates), -1), _weight(source, samples.shape[1]))


def _weight(source: Source, draws: int) -> Floats:
    weight = source.table("draws")["weight"].to_numpy(dtype=np.float64)
    return weight if len(weight) == draws else np.full(draws, 1 / draws)


def summed(paths: NDArray[np.int64], weight: Floats) -> Range:
    """Range of (..., S) totals over the draws."""
    low, high = (weighted_quantile(paths, weight, share) for share in (LOW, HIGH))
    return Range((paths * weight).sum(axis=-1), low, high)


def weighted_quantile(values: NDArray[np.int64], weight: Floats, share: float) -> Floats:
    """The smallest value that at least `share` of the weight does not exceed; (..., S) -> (...)."""
    order = np.argsort(values, axis=-1, kind="stable")
    reached = np.cumsum(weight[order], axis=-1) >= share - 1e-12
    at = np.where(reached.any(axis=-1), reached.argmax(axis=-1), values.shape[-1] - 1)
    found = np.take_along_axis(np.take_along_axis(values, order, axis=-1), at[..., None], axis=-1)[..., 0]
    return found.astype(np.float64)
