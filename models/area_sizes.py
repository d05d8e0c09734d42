"""Whether areas scatter more or less than the size law of their category says, area by area.

Each area's size is the law's times a factor of its own, the likeliest under a lognormal prior around 1 (a normal one on
its log, found as its mode). How far factors may spread is not assumed: blocks of the held-out origins are told apart in
two halves, factors learnt on one are judged by the likelihood of the other, and of the spreads of SPREADS the best is
taken. A spread of 0, no factors, is among them and is what most categories of a city of a dozen areas get.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from domain.panel import Floats, Ints

FACTORS = np.geomspace(1 / 8, 8.0, 13)
SPREADS = (0.0, 0.15, 0.3, 0.6)
"""Standard deviations of the log of the factors."""
BLOCKS = 6
"""Of the held-out year, taken in turns by the two halves: each sees all seasons, few days are in both."""
LEAST_MEAN = 1e-4


def area_sizes(counts: Ints, expected: Floats, size: Floats) -> Floats:
    """(A,): factors of the size; counts, their means `expected` and sizes `size` by the law, all (O, H, A)."""
    table = log_likelihoods(counts, expected, size)
    origins = len(counts)
    first = np.arange(origins) * BLOCKS // max(origins, 1) % 2 == 0
    spread = max(SPREADS, key=lambda s: judged(table, first, s))
    return likeliest(table.sum(axis=1), spread)


def log_likelihoods(counts: Ints, expected: Floats, size: Floats) -> Floats:
    """(F, O, A): of every factor, summed over the leads, without what all factors have in common."""
    y, m = counts.astype(np.float64), np.maximum(expected, LEAST_MEAN)
    rows = []
    for factor in FACTORS:
        k = size * factor
        rows.append((gammaln(y + k) - gammaln(k) + k * np.log(k / (k + m)) - y * np.log(k + m)).sum(axis=1))
    return np.stack(rows)


def judged(table: Floats, first: NDArray[np.bool_], spread: float) -> float:
    """Log likelihood of each half under the factors that the other half gives."""
    total = 0.0
    for learnt, seen in ((first, ~first), (~first, first)):
        at = mode(table[:, learnt].sum(axis=1), spread)
        total += float(np.take_along_axis(table[:, seen].sum(axis=1), at[None], axis=0).sum())
    return total


def likeliest(table: Floats, spread: float) -> Floats:
    """(A,): the factors at the mode of (F, A)."""
    out: Floats = FACTORS[mode(table, spread)]
    return out


def mode(table: Floats, spread: float) -> NDArray[np.intp]:
    """(A,): position in FACTORS with the greatest posterior; that of 1 for a spread of 0."""
    if spread == 0.0:
        return np.full(table.shape[1], len(FACTORS) // 2, dtype=np.intp)
    at: NDArray[np.intp] = (table - (np.log(FACTORS) ** 2 / (2 * spread**2))[:, None]).argmax(axis=0)
    return at
