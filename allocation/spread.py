"""A ratio of real to stated figures with its 90 % range, from counts (gamma-Poisson) or shares (beta-binomial)."""

from __future__ import annotations

from typing import NamedTuple

from scipy.stats import beta, gamma

from domain.panel import Floats

INTERVAL = (0.05, 0.95)


class Spread(NamedTuple):
    """A pooled ratio to the stated figure, and its interval."""

    value: float
    low: float
    high: float


def pooled_ratio(exposure: float, counted: float, prior: float, scatter: float) -> Spread:
    """The ratio of real to stated units a count. exposure: counts expected at the stated figure; counted: those made.

    prior: counts that the stated figure is worth. scatter: variance ÷ mean of the counts, at least 1.
    """
    shape, rate = prior + counted / scatter, prior + exposure / scatter
    return ratio_of(rate / shape, shape)


def ratio_of(value: float, counts: float) -> Spread:
    """The range of a ratio of units a count that is known as well as from so many Poisson counts."""
    low, high = (float(value * counts / gamma.ppf(1 - q, counts)) for q in INTERVAL)
    return Spread(value, low, high)


def share_of(value: float, shifts: float) -> Spread:
    """The range of a share, 0 to 1, that is known as well as from so many shifts, each wholly there or not at all: the
    binomial posterior with Jeffreys' prior (Brown, Cai and DasGupta 2001), wide also where nothing was ever amiss."""
    low, high = (float(beta.ppf(q, value * shifts + 0.5, (1 - value) * shifts + 0.5)) for q in INTERVAL)
    return Spread(value, low, high)


def scatter_of(counted: Floats, expected: Floats, fitted: int = 1) -> float:
    """Pearson's variance ÷ mean, never below Poisson. fitted: figures that `expected` was fitted with."""
    inside = expected > 0
    if inside.sum() <= fitted:
        return 1.0
    pearson = ((counted - expected)[inside] ** 2 / expected[inside]).sum() / (inside.sum() - fitted)
    return max(1.0, float(pearson))
