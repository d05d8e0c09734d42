"""How the areas' shares of the city drift apart over months, learnt from how they did before.

Squared relative errors of past shares, less counting noise, pooled over areas, are laid out as start + walk × months
from quarters ahead; what single months err beyond that comes and goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from domain.panel import Floats, Ints

BLOCK, QUARTER = 28, 91
MOST_WINDOWS = 5
FIRST_ORIGIN = 182
PRIOR_START, PRIOR_WALK, PRIOR_MONTH = 0.01, 0.002, 0.01
PRIOR_ORIGINS = 4.0
MOST_VARIANCE = 0.5


@dataclass(frozen=True)
class ShareDrift:
    """Variances of an area's log share: start, of what is known at the origin; walk, a 28-day block; month, of one
    block alone."""

    start: float
    walk: float
    month: float

    def shares(self, rng: np.random.Generator, share: Floats, days: int, size: int) -> Floats:
        """(A, K, S) shares of block k of BLOCK days in every draw, each summing to 1 over the areas. share: (A,)."""
        blocks = -(-days // BLOCK)
        shape = (len(share), blocks, size)
        steps = rng.normal(0.0, np.sqrt(self.walk), shape)
        steps[:, 0] = rng.normal(0.0, np.sqrt(self.start + self.walk / 2), (len(share), size))
        raw = np.cumsum(steps, axis=1) + rng.normal(0.0, np.sqrt(self.month), shape)
        raw = share[:, None, None] * np.exp(raw)
        out: Floats = raw / raw.sum(axis=0)
        return out


def learn_drift(counts: Ints, share: Floats, size_scale: float, size_power: float) -> ShareDrift:
    """counts, share: (A, T). size_scale, size_power: of the days' negative binomial, whose noise is drawn apart."""
    quarters, seen, origins = relative_errors(counts, share, QUARTER, size_scale, size_power)
    there = seen > 0
    if there.sum() < 2:
        return ShareDrift(PRIOR_START, PRIOR_WALK, PRIOR_MONTH)
    blocks = (np.arange(MOST_WINDOWS)[there] + 0.5) * QUARTER / BLOCK
    weight = np.sqrt(seen[there])
    design = np.stack([np.ones(len(blocks)), blocks], axis=1)
    (fixed, slope), _ = nnls(design * weight[:, None], quarters[there] * weight)
    months = relative_errors(counts, share, BLOCK, size_scale, size_power)[0]
    usual = fixed + slope * (np.arange(MOST_WINDOWS) + 0.5)
    month = max(float((months - usual).mean()), 0.0) / (1.0 - BLOCK / QUARTER)
    trust = origins / (origins + PRIOR_ORIGINS)
    found = np.array([max(float(fixed) - month * BLOCK / QUARTER, 0.0), float(slope), month])
    start, walk, month = trust * found + (1.0 - trust) * np.array([PRIOR_START, PRIOR_WALK, PRIOR_MONTH])
    return ShareDrift(min(start, MOST_VARIANCE), min(walk, MOST_VARIANCE / 13), min(month, MOST_VARIANCE))


def relative_errors(
    counts: Ints, share: Floats, window: int, size_scale: float, size_power: float
) -> tuple[Floats, Floats, int]:
    """Relative variance of the shares over the w-th window after past origins (W,), how often seen (W,), origins."""
    days = counts.shape[1]
    totals = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
    origins = range(FIRST_ORIGIN, days - window, QUARTER // 2)
    error, norm, seen = np.zeros(MOST_WINDOWS), np.zeros(MOST_WINDOWS), np.zeros(MOST_WINDOWS)
    for t in origins:
        for w in range(min(MOST_WINDOWS, (days - 1 - t) // window)):
            first = t + 1 + w * window
            came = totals[:, first + window] - totals[:, first]
            expected = share[:, t] * came.sum()
            size = size_scale * np.maximum(expected / window, 1e-6) ** size_power
            counting = expected * (1.0 - share[:, t]) + expected**2 / (size * window)
            error[w] += float(((came - expected) ** 2 - counting).sum())
            norm[w] += float((expected**2).sum())
            seen[w] += 1.0
    relative: Floats = np.maximum(error, 0.0) / np.maximum(norm, 1e-9)
    return relative, np.where(norm > 0, seen, 0.0), len(origins)
