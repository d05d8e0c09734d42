"""Residual days: what each past block of days says about how far counts stray from their forecast, jointly.

Counts are Poisson around mean × city factor × area factor, both factors gamma with mean 1. Each past day updates the
two (a gamma prior stays gamma after Poisson counts); drawing from the updated factors of a whole past day keeps what
was shared between areas, also where single areas see mostly zeros. Resampling whole past error days to keep
dependence goes back to Clark et al. (2004, the Schaake shuffle); here the errors are factors, so they scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.panel import Floats, Ints
from models.smoothing import Smoothed

LONGEST_BLOCK = 28
WARM_UP = 28


@dataclass(frozen=True)
class Residuals:
    """B blocks of L consecutive days. city_shape, city_scale: (B, L); area_shape, area_scale: (A, B, L).

    Over all blocks the product of the two factors has mean 1 for every area and step.
    """

    city_shape: Floats
    city_scale: Floats
    area_shape: Floats
    area_scale: Floats

    @property
    def size(self) -> int:
        return int(self.city_shape.shape[0])

    @property
    def length(self) -> int:
        return int(self.city_shape.shape[1])


def residual_days(
    counts: Ints, smoothed: Smoothed, horizon: int, span: int, city_shape: float, area_shape: float
) -> Residuals:
    """Blocks that start on each of the last `span` days and end by the last known one; counts (A, T)."""
    days = counts.shape[1]
    length = min(horizon, LONGEST_BLOCK, max(1, (days - WARM_UP) // 2))
    starts = np.arange(max(WARM_UP - 1, days - 1 - span), days - length)
    ahead = starts[:, None] + np.arange(1, length + 1)
    factor = smoothed.profile[starts[:, None], smoothed.weekday[ahead]]
    mean = smoothed.level[:, starts, None] * factor
    outcome = counts[:, ahead]
    city_outcome, city_mean = outcome.sum(axis=0), mean.sum(axis=0)
    city_a, city_scale = city_shape + city_outcome, 1.0 / (city_shape + city_mean)
    shared = city_a * city_scale
    area_a: Floats = area_shape + outcome.astype(np.float64)
    area_scale: Floats = 1.0 / (area_shape + mean * shared)
    bias = (shared * area_a * area_scale).mean(axis=1, keepdims=True)
    return Residuals(city_a, city_scale, area_a, area_scale / bias)
