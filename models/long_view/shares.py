"""How the areas' shares of the city drift apart over months, learnt from how they did before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from domain.panel import Floats, Ints

WINDOW = 91
MOST_WINDOWS = 5
FIRST_ORIGIN = 182
BLOCK = 28
PRIOR_START, PRIOR_WALK = 0.01, 0.002
PRIOR_ORIGINS = 4.0
MOST_VARIANCE = 0.5


@dataclass(frozen=True)
class ShareDrift:
    """Variances of an area's log share: start, of what is known at the origin; walk, a 28-day block."""

    start: float
    walk: float

    def shares(self, rng: np.random.Generator, share: Floats, days: int, size: int) -> Floats:
        """(A, K, S) shares of block k of BLOCK days in every draw, each summing to 1 over the areas. share: (A,)."""
        blocks = -(-days // BLOCK)
        steps = rng.normal(0.0, np.sqrt(self.walk), (len(share), blocks, size))
        steps[:, 0] = rng.normal(0.0, np.sqrt(self.start + self.walk / 2), (len(share), size))
        raw = share[:, None, None] * np.exp(np.cumsum(steps, axis=1))
        out: Floats = raw / raw.sum(axis=0)
        return out


def learn_drift(counts: Ints, share: Floats) -> ShareDrift:
    """Squared errors of past shares over quarters ahead, less counting noise, pooled over areas. (A, T) each."""
    days = counts.shape[1]
    totals = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    origins = range(FIRST_ORIGIN, days - WINDOW, WINDOW // 2)
    error, norm, seen = np.zeros(MOST_WINDOWS), np.zeros(MOST_WINDOWS), np.zeros(MOST_WINDOWS)
    for t in origins:
        for w in range(min(MOST_WINDOWS, (days - 1 - t) // WINDOW)):
            first = t + 1 + w * WINDOW
            came = totals[:, first + WINDOW] - totals[:, first]
            expected = share[:, t] * came.sum()
            error[w] += float(((came - expected) ** 2 - came * (1.0 - share[:, t])).sum())
            norm[w] += float((expected**2).sum())
            seen[w] += 1.0
    there = norm > 0
    start, walk = PRIOR_START, PRIOR_WALK
    if there.sum() >= 2:
        blocks = (np.arange(MOST_WINDOWS)[there] + 0.5) * WINDOW / BLOCK
        weight = np.sqrt(seen[there])
        design = np.stack([np.ones(len(blocks)), blocks], axis=1)
        relative = np.maximum(error[there] / norm[there], 0.0)
        (fixed, slope), _ = nnls(design * weight[:, None], relative * weight)
        trust = len(origins) / (len(origins) + PRIOR_ORIGINS)
        start = trust * float(fixed) + (1.0 - trust) * PRIOR_START
        walk = trust * float(slope) + (1.0 - trust) * PRIOR_WALK
    return ShareDrift(min(start, MOST_VARIANCE), min(walk, MOST_VARIANCE / 13))
