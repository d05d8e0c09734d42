"""Share in time and how certain it is, over the draws.

A job is in time if it is done by the end of the day on which it falls due. A target holds in a draw where every
category that crews work reaches it, so plenty of one kind of work never hides another that is starved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.panel import Floats

BANDS = (0.025, 0.1, 0.5, 0.9, 0.975)
"""Ends of the 95 % and 80 % bands and the middle."""


def in_time(late: Floats, due: Floats, which: Sequence[int]) -> Floats:
    """Share in time by category and draw, (J, S), over the periods `which`; 1 where nothing was due.

    late, due: jobs (J, P, S).
    """
    at = list(which)
    owed = due[:, at].sum(axis=1)
    missed = late[:, at].sum(axis=1)
    share: Floats = 1 - np.divide(missed, owed, out=np.zeros_like(owed), where=owed > 0)
    return np.clip(share, 0.0, 1.0)


def all_in_time(late: Floats, due: Floats, which: Sequence[int]) -> Floats:
    """Share in time of all jobs due, whatever their kind, by draw, (S,), over the periods `which`; 1 where none was."""
    share: Floats = in_time(late.sum(axis=0, keepdims=True), due.sum(axis=0, keepdims=True), which)[0]
    return share


def worst(share: Floats) -> Floats:
    """The share of the category that does worst, (S,)."""
    least: Floats = share.min(axis=0)
    return least


def chance(share: Floats, target: float, weight: Floats) -> float:
    """Weight of the draws in which every category (J, S) reaches the target."""
    met = worst(share) >= target - 1e-9
    return float(weight[met].sum() / weight.sum())


def quantiles(values: Floats, weight: Floats, at: Sequence[float] = BANDS) -> list[float]:
    """The smallest value that at least each share of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    return [float(values[order[min(int(np.searchsorted(reached, q - 1e-12)), len(order) - 1)]]) for q in at]


def mean(values: Floats, weight: Floats) -> float:
    return float(values @ weight / weight.sum())
