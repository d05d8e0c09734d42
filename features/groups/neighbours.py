"""Recent demand around an area: its neighbours and its district, each against their own usual level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats
from features.group import FeatureGroup, Inputs
from features.history import ewma, log_ratio

COLUMNS = ("neighbours_level_28d", "neighbours_trend_7d", "neighbours_trend_28d", "district_trend_28d")


def around(weights: NDArray[np.bool_], values: Floats) -> Floats:
    """Mean of `values` (A, T) over the areas that each row of `weights` (A, A) names; 0 where it names none."""
    size = np.maximum(weights.sum(axis=1), 1)[:, None]
    mean: Floats = np.stack([values[row].sum(axis=0) for row in weights]) / size
    return mean


def build(inputs: Inputs) -> dict[str, Floats]:
    week, month, year = (ewma(inputs.counts, h) for h in (7, 28, 364))
    near = inputs.areas.neighbours
    names = np.array(inputs.areas.district)
    same = names[:, None] == names[None, :]
    near_month, near_year = around(near, month), around(near, year)
    return {
        "neighbours_level_28d": near_month,
        "neighbours_trend_7d": log_ratio(around(near, week), near_month, 10),
        "neighbours_trend_28d": log_ratio(near_month, near_year, 40),
        "district_trend_28d": log_ratio(around(same, month), around(same, year), 40),
    }


GROUP = FeatureGroup(name="neighbours", grain="origin_area", columns=COLUMNS, build=build)
