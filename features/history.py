"""Moving summaries of a daily series, each value at t made from days up to t alone.

Every function but `bridged` is a plain forward pass over axis -1 (counts) or axis 0 (weather) whose arithmetic
at t does not depend on how many days follow or, for weather windows, precede: a training row and a live row are
therefore equal to the last bit. `bridged` looks at all days up to the origin: a long gap is bridged while it lasts,
as a forecast must go on, and is not learnt from later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from domain.panel import Floats, Ints

PRIOR_DAYS = 14.0
"""How many days of the slower level are mixed into a ratio, so that a few requests do not make it explode."""
SHORT_GAP = 7
"""Days of unknown weather that a year before may stand in for; longer ones would teach that weather does nothing."""


def ewma(counts: Ints | Floats, half_life_days: float) -> Floats:
    """Exponentially weighted mean over axis -1, weights of the days there are summing to 1 (no start value)."""
    keep = 0.5 ** (1.0 / half_life_days)
    total: Floats = lfilter([1.0], [1.0, -keep], counts.astype(np.float64), axis=-1)
    weight = (1.0 - keep ** np.arange(1, counts.shape[-1] + 1)) / (1.0 - keep)
    mean: Floats = total / weight
    return mean


def trailing_mean(counts: Ints | Floats, days: int) -> Floats:
    """Mean of the last `days` days over axis -1; over the days there are where the history is shorter."""
    exact = counts.astype(np.int64) if np.issubdtype(counts.dtype, np.integer) else counts
    sums = np.cumsum(exact, axis=-1)
    length = counts.shape[-1]
    before = np.zeros_like(sums)
    before[..., days:] = sums[..., : max(length - days, 0)]
    mean: Floats = (sums - before) / np.minimum(np.arange(1, length + 1), days)
    return mean


def shifted(values: Floats, days: int) -> Floats:
    """Axis -1 moved `days` days later; NaN where nothing is known."""
    out = np.full(values.shape, np.nan)
    out[..., days:] = values[..., : max(values.shape[-1] - days, 0)]
    return out


def log_ratio(fast: Floats, slow: Floats, days: float) -> Floats:
    """log of a mean over about `days` days against a slower one, shrunk towards 0 by PRIOR_DAYS of the slower."""
    mixed = (fast * days + slow * PRIOR_DAYS) / (days + PRIOR_DAYS)
    ratio: Floats = np.log((mixed + 1e-3) / (slow + 1e-3))
    return ratio


def lagged(values: Floats, days: int) -> Floats:
    """Axis 0 moved `days` days later; NaN before the first."""
    if days == 0:
        return values
    out = np.full(values.shape, np.nan)
    out[days:] = values[: max(len(values) - days, 0)]
    return out


def bridged(values: Floats) -> Floats:
    """Daily weather (D, V) with days after the last observed one, and a variable's gaps of up to SHORT_GAP days, as 364
    days earlier: a plausible stretch of the season, where one unknown day would blank every sum over the last weeks."""
    out = values.copy()
    is_short = np.isnan(values) & (_gap_lengths(values) <= SHORT_GAP)
    is_short[:364] = False
    out[is_short] = np.roll(values, 364, axis=0)[is_short]
    observed = np.flatnonzero(np.isfinite(out).any(axis=1))
    tail = np.arange(observed[-1] + 1 if len(observed) else len(out), len(out))
    tail = tail[tail >= 364]
    out[tail] = out[tail - 364]
    return out


def _gap_lengths(values: Floats) -> NDArray[np.intp]:
    """(D, V) days between the observed values before and after each day, less one."""
    days = np.arange(len(values))[:, None]
    there = np.isfinite(values)
    before = np.maximum.accumulate(np.where(there, days, -1), axis=0)
    after = np.minimum.accumulate(np.where(there, days, len(values))[::-1], axis=0)[::-1]
    lengths: NDArray[np.intp] = after - before - 1
    return lengths


def window_sum(values: Floats, days: int) -> Floats:
    """Sum of a day and the days - 1 before it over axis 0, added in a fixed order; NaN while incomplete."""
    total = values.copy()
    for lag in range(1, days):
        total += lagged(values, lag)
    return total


def window_max(values: Floats, days: int) -> Floats:
    """Largest value of a day and the days - 1 before it over axis 0; NaN while incomplete."""
    top = values
    for lag in range(1, days):
        top = np.maximum(top, lagged(values, lag))
    return top
