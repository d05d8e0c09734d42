"""statsforecast's methods for intermittent demand: one rate for every day ahead, with conformal intervals.

They know neither weekday nor weather. TSB's two smoothing constants are the usual 0.2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.draws import LEVELS, Ints, from_quantiles, probabilities
from benchmarks.accuracy.peer import Draw, Peer, each_series
from benchmarks.accuracy.seen import Seen
from benchmarks.accuracy.task import DRAWS, HORIZON

WINDOWS = 26
"""Conformal scores come from the 26 fortnights before the origin: a year of every season."""


def start(method: str, **settings: float) -> Draw:
    from statsforecast import models
    from statsforecast.utils import ConformalIntervals

    make: Callable[..., Any] = getattr(models, method)
    intervals = ConformalIntervals(n_windows=WINDOWS, h=HORIZON)

    def one(series: NDArray[np.int64], seen: Seen, rng: np.random.Generator) -> Ints:
        model = make(prediction_intervals=intervals, **settings).fit(series.astype(float))
        return from_quantiles(
            probabilities(LEVELS), quantiles(model.predict(h=HORIZON, level=list(LEVELS))), DRAWS, rng
        )

    return each_series(one)


def quantiles(found: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """(H, 2 L + 1) in the order of `probabilities(LEVELS)`."""
    low = [found[f"lo-{level}"] for level in reversed(LEVELS)]
    return np.stack([*low, found["mean"], *(found[f"hi-{level}"] for level in LEVELS)], axis=1)


HOW = f"conformal, {WINDOWS} fortnights"
PEERS = (
    Peer("CrostonSBA", "statsforecast", True, False, HOW, (0.0, 0.02), partial(start, "CrostonSBA")),
    Peer("TSB", "statsforecast", True, False, HOW, (0.0, 0.02), partial(start, "TSB", alpha_d=0.2, alpha_p=0.2)),
    Peer("ADIDA", "statsforecast", True, False, HOW, (0.0, 0.02), partial(start, "ADIDA")),
)
