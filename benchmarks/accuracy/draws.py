"""From what a library hands out to whole-number draws, the same way for every peer.

Whole numbers are reached by randomised rounding: x becomes floor(x + U), which keeps the mean. Rounding to the nearest
would turn the many series with far less than half a request a day into certain zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

LEVELS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98)
"""Central intervals, in per cent, that interval methods are asked for."""


def probabilities(levels: Sequence[int]) -> Floats:
    """The quantile levels of central intervals and the median, ascending, (2 L + 1,)."""
    upper = np.array([0.5 + level / 200 for level in sorted(levels)])
    return np.concatenate([1 - upper[::-1], [0.5], upper])


def whole(values: Floats, rng: np.random.Generator) -> Ints:
    """Non-negative whole numbers with the same mean as max(values, 0)."""
    positive = np.maximum(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    return np.floor(positive + rng.random(positive.shape)).astype(np.int32)


def from_quantiles(at: Floats, values: Floats, size: int, rng: np.random.Generator) -> Ints:
    """Quantiles (..., Q) at probabilities (Q,) -> whole draws (..., size), independent from cell to cell.

    Evenly spaced probabilities on straight lines between the quantiles; the outermost quantiles end the distribution.
    Crossing quantiles are sorted.
    """
    if values.shape[-1] != len(at):
        raise ValueError(f"{values.shape[-1]} quantile values for {len(at)} probabilities")
    ordered = np.sort(values, axis=-1).reshape(-1, len(at))
    even = (np.arange(size) + 0.5) / size
    lines = np.stack([np.interp(even, at, row) for row in ordered])
    mixed = rng.permuted(lines, axis=1).reshape(*values.shape[:-1], size)
    return whole(mixed, rng)


def recent(counts: NDArray[np.int64], horizon: int, size: int, rng: np.random.Generator) -> Ints:
    """What replaces a forecast that failed: the last eight same weekdays, counts (T,) -> (horizon, size)."""
    weeks = rng.integers(0, 8, size=size)
    lead = np.arange(1, horizon + 1)[:, None]
    day = len(counts) - 1 + lead - 7 * (-(-lead // 7) + weeks[None])
    return counts[day].astype(np.int32)
