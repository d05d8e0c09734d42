"""Counts at given quantiles: the same uniform number under another mean gives a count that moved with the mean.

`Generator.poisson` takes as many random numbers as its mean asks for, so that two draws of one seed under slightly
different means soon share nothing. By inversion (Devroye 1986, III.2) every count costs one uniform number, and the
difference of two such draws is the effect of the means alone.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import nbinom, poisson

from domain.panel import Floats, Ints

MOST_STEPS = 2000
"""A heavy tail may reach further than is worth adding up; its exact quantiles are looked up too."""
LEAST_LOG = -600.0
"""Below this log probability of zero the recurrence would start from nothing; exact quantiles are looked up then."""
NEGLIGIBLE = 1e-18
"""A probability that no longer moves a sum near 1: the count stops there."""


def poisson_counts(uniform: Floats, mean: Floats) -> Ints:
    """The Poisson quantile of each uniform number; arrays of one shape, means ≥ 0."""
    return _counts(uniform, mean, None)


def negative_binomial_counts(uniform: Floats, mean: Floats, size: Floats) -> Ints:
    """The negative binomial quantile of each number; variance = mean + mean² / size, size > 0."""
    return _counts(uniform, mean, size)


def _counts(uniform: Floats, mean: Floats, size: Floats | None) -> Ints:
    """Sum up probabilities from zero until each uniform number is passed."""
    u, m = uniform.ravel(), mean.ravel()
    k = None if size is None else size.ravel()
    log_none = -m if k is None else -k * np.log1p(m / k)
    counts = np.zeros(u.size, dtype=np.int32)
    is_far = (log_none < LEAST_LOG) | (m > MOST_STEPS)
    counts[is_far] = _looked_up(u[is_far], m[is_far], None if k is None else k[is_far])
    left = np.flatnonzero(~is_far & (np.exp(log_none) < u))
    u, m, k = u[left], m[left], None if k is None else k[left]
    term = np.exp(log_none[left])
    total = term.copy()
    n = 0
    while left.size and n < MOST_STEPS:
        term = term * (m if k is None else (n + k) * m / (k + m)) / (n + 1)
        n += 1
        total = total + term
        counts[left] = n
        goes_on = (total < u) & ((term > NEGLIGIBLE) | (n < m))
        left, u, m, term, total = left[goes_on], u[goes_on], m[goes_on], term[goes_on], total[goes_on]
        k = None if k is None else k[goes_on]
    counts[left] = _looked_up(u, m, k)
    return counts.reshape(uniform.shape)


def _looked_up(u: Floats, m: Floats, k: Floats | None) -> Ints:
    found = poisson.ppf(u, m) if k is None else nbinom.ppf(u, k, k / (k + m))
    return np.clip(found, 0, np.iinfo(np.int32).max).astype(np.int32)  # scipy's quantile of 0 is −1
