"""Few weighted draws that stand for many, the tail kept: deterministic, with its error stated.

Draws are ranked by their load, parted into strata of falling width towards the tail (stratified sampling with an
importance-weighted tail; compare Heitsch and Roemisch 2003 on scenario reduction), and each stratum is stood for by
the draw closest to its mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats

TAIL_EDGES = (0.90, 0.95, 0.98, 1.0)
"""Where the strata of the tail end; the rest up to 0.90 is parted evenly."""


@dataclass(frozen=True)
class Reduced:
    """index: (W,) draws kept. weight: (W,), sums to 1. Errors are relative to all draws, of the load."""

    index: NDArray[np.int64]
    weight: Floats
    error_mean: float
    error_tail: float


def reduce(load: Floats, features: Floats, weight: Floats, size: int) -> Reduced:
    """At most `size` of the S draws. load: (S,) what ranks them; features: (S, F) what makes them alike."""
    if len(load) <= size:
        return Reduced(np.arange(len(load)), weight / weight.sum(), 0.0, 0.0)
    order = np.lexsort((np.arange(len(load)), load))
    middle = np.cumsum(weight[order]) - weight[order] / 2
    stratum = np.empty(len(load), dtype=np.int64)
    stratum[order] = np.searchsorted(_edges(size)[:-1], middle / weight.sum(), side="right")
    index = np.array([_closest(np.flatnonzero(stratum == s), features, load, weight) for s in np.unique(stratum)])
    kept = np.array([weight[stratum == s].sum() for s in np.unique(stratum)]) / weight.sum()
    return Reduced(index, kept, _mean_error(load, weight, index, kept), _tail_error(load, weight, index, kept))


def upper_mean(load: Floats, weight: Floats, share: float) -> float:
    """Mean of the heaviest `share` of the draws (the part of the last one that falls outside left out)."""
    order = np.lexsort((np.arange(len(load)), -load))
    part = np.diff(np.minimum(np.cumsum(weight[order] / weight.sum()), share), prepend=0.0)
    return float(load[order] @ part / share)


def _edges(size: int) -> Floats:
    tail = np.array(TAIL_EDGES)
    if size <= len(tail):
        return np.arange(1, size + 1) / size
    body = np.linspace(0.0, tail[0], size - len(tail) + 2)[1:-1]
    edges: Floats = np.concatenate([body, tail])
    return edges


def _closest(members: NDArray[np.int64], features: Floats, load: Floats, weight: Floats) -> int:
    """The member nearest to the stratum's mean; its load counts as much as all other features together."""
    rows = np.column_stack([_scaled(features) / max(1, features.shape[1]) ** 0.5, _scaled(load[:, None])])[members]
    mean = np.average(rows, axis=0, weights=weight[members] if weight[members].any() else None)
    return int(members[np.argmin(np.round(((rows - mean) ** 2).sum(axis=1), 12))])


def _scaled(values: Floats) -> Floats:
    deviation = values.std(axis=0)
    scaled: Floats = (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return scaled


def _mean_error(load: Floats, weight: Floats, index: NDArray[np.int64], kept: Floats) -> float:
    whole = float(np.average(load, weights=weight))
    return abs(float(load[index] @ kept) / whole - 1) if whole else 0.0


def _tail_error(load: Floats, weight: Floats, index: NDArray[np.int64], kept: Floats) -> float:
    whole = upper_mean(load, weight, 0.05)
    return abs(upper_mean(load[index], kept, 0.05) / whole - 1) if whole else 0.0
