"""How far the level of demand strays from what it was at the origin, learnt from how far it strayed before.

At past origins the level known then times the response gives the requests of the coming 28-day blocks; the log ratio
of what came is the error of a block k blocks ahead. Its mean square, less counting noise, is laid out as

    level error  +  walk × k  +  month noise

(a local level with a damped drift, Harvey 1989): the first stays over all days, the second grows, the third comes and
goes from month to month with the memory that the months around their own yearly level show. Few years tell little of
the walk, so it is drawn to a prior that counts as PRIOR_YEARS years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from domain.panel import Floats
from models.response.city import CityFit
from models.response.level import causal_level, centred_level

BLOCK = 28
MOST_BLOCKS = 14
HALF_LIVES = (60.0, 120.0, 240.0, 480.0)
PRIOR_YEARS = 3.0
PRIOR_WALK = 0.007
"""Variance of the log level a block: 30 % a year, one standard deviation."""
PRIOR_FREEDOM = 3.0
"""Degrees of freedom of the variances before any year is known; each year adds one."""
MOST_SCALE = 3.0
PRIOR_DRIFT_SD = 0.05
"""Of the log growth a year, before any history is looked at."""
MOST_VARIANCE = 1.0
FIRST_ORIGIN = 364
LEAST_BLOCKS = 6
SMALL = 2.0
"""Requests added to both sides of a ratio, so that empty months have a logarithm."""


@dataclass(frozen=True)
class Trend:
    """Variances of the log level. walk: a block. memory: correlation of one month's noise with the next's.

    drift, drift_sd: log growth a year. freedom: of the variances. half_life_weights: of HALF_LIVES, how often a draw
    starts from the level of each: where a recent rise may last or pass, both are drawn.
    """

    half_life_weights: Floats
    level: float
    walk: float
    month: float
    memory: float
    drift: float
    drift_sd: float
    freedom: float

    def factors(self, rng: np.random.Generator, days: int, size: int) -> Floats:
        """(H, S) factors on the level, of mean exp(drift) at every day."""
        ahead = np.arange(1, days + 1)[:, None]
        start = rng.normal(0.0, np.sqrt(self.level), size)
        walk = np.cumsum(rng.normal(0.0, np.sqrt(self.walk / BLOCK), (days, size)), axis=0)
        growth = rng.normal(0.0, self.drift_sd, size) * ahead / 365.25
        noise = months(rng, days, size, self.memory) * np.sqrt(self.month)
        variance = self.level + self.walk * ahead / BLOCK + self.month + (self.drift_sd * ahead / 365.25) ** 2
        scale = self.scales(rng, size)
        departure = scale * (start + walk + growth + noise) - scale**2 * variance / 2
        out: Floats = np.exp(departure + self.drift * ahead / 365.25)
        return out

    def scales(self, rng: np.random.Generator, size: int) -> Floats:
        """(S,): few years leave the variances themselves unsure, so a draw has its own (Student's tails, cut)."""
        drawn: Floats = np.sqrt(self.freedom / rng.chisquare(self.freedom, size))
        return np.minimum(drawn, MOST_SCALE)


def months(rng: np.random.Generator, days: int, size: int, memory: float) -> Floats:
    """(H, S) noise of variance 1 that changes every BLOCK days, at another day in every draw."""
    count = days // BLOCK + 2
    blocks = rng.normal(size=(count, size))
    for k in range(1, count):
        blocks[k] = memory * blocks[k - 1] + np.sqrt(1.0 - memory**2) * blocks[k]
    at = (np.arange(days)[:, None] + rng.integers(0, BLOCK, size)) // BLOCK
    out: Floats = blocks[at, np.arange(size)]
    return out


def learn_trend(fit: CityFit) -> Trend:
    """From the counts (cut, so that catastrophes are left to the days' noise) and the response of the history."""
    month, memory = month_noise(fit)
    years = len(fit.tame) / 365.25
    errors = np.stack([backcast(fit, half_life) for half_life in HALF_LIVES])
    weights = half_life_weights(errors, years)
    drift, drift_sd = growth(fit)
    level, walk = lay_out(np.tensordot(weights, errors, axes=1), month, years)
    return Trend(weights, level, walk, month, memory, drift, drift_sd, PRIOR_FREEDOM + years)


def half_life_weights(errors: Floats, years: float) -> Floats:
    """Their likelihood, each year of past errors (H, O, K) counting as one observation; even where there are none."""
    if not errors.shape[1]:
        return np.full(len(errors), 1.0 / len(errors))
    mean = np.maximum(np.nanmean(errors, axis=(1, 2)), 1e-4)
    likelihood = (mean / mean.min()) ** (-years / 2)
    weights: Floats = likelihood / likelihood.sum()
    return weights


def backcast(fit: CityFit, half_life: float) -> Floats:
    """(O, K) squared log errors less counting noise of the blocks after each past origin; NaN beyond the history."""
    level = causal_level(fit.tame, fit.fitted, half_life)
    days = len(fit.tame)
    origins = np.arange(FIRST_ORIGIN, days - BLOCK, BLOCK)
    out = np.full((len(origins), MOST_BLOCKS), np.nan)
    came, usual = (np.concatenate([[0.0], np.cumsum(x)]) for x in (fit.tame, fit.fitted))
    for row, t in enumerate(origins):
        ends = t + 1 + BLOCK * np.arange(1, MOST_BLOCKS + 1)
        ends = ends[ends <= days]
        expected = level[t] * (usual[ends] - usual[ends - BLOCK])
        out[row, : len(ends)] = squared_error(came[ends] - came[ends - BLOCK], expected)
    return out


def squared_error(came: Floats, expected: Floats) -> Floats:
    error: Floats = np.log((came + SMALL) / (expected + SMALL)) ** 2 - expected / (expected + SMALL) ** 2
    return error


def lay_out(errors: Floats, month: float, years: float) -> tuple[float, float]:
    """Level variance and walk variance a block; the prior alone where there is nothing to learn from."""
    seen = np.isfinite(errors).sum(axis=0)
    there = seen > 0
    if there.sum() < 2:
        return PRIOR_WALK * 4, PRIOR_WALK
    k = np.arange(1, MOST_BLOCKS + 1)[there]
    mean = np.nanmean(errors[:, there], axis=0)
    weight = np.sqrt(seen[there])
    design = np.stack([np.ones(len(k)), k], axis=1)
    (fixed, slope), _ = nnls(design * weight[:, None], np.maximum(mean, 0.0) * weight)
    own = max(years - 1.5, 0.0)
    walk = (own * slope + PRIOR_YEARS * PRIOR_WALK) / (own + PRIOR_YEARS)
    level = max(float(fixed) - month, 0.0)
    return min(level, MOST_VARIANCE), min(float(walk), MOST_VARIANCE / 13)


def month_noise(fit: CityFit) -> tuple[float, float]:
    """Variance of the log of 28-day blocks around their own yearly level, and the memory from one to the next."""
    count = len(fit.tame) // BLOCK
    if count < LEAST_BLOCKS:
        return 0.02, 0.3
    usual = centred_level(fit.tame, fit.fitted, 180.0) * fit.fitted
    cutoff = len(fit.tame) - count * BLOCK
    came, expected = (x[cutoff:].reshape(count, BLOCK).sum(axis=1) for x in (fit.tame, usual))
    error = np.log((came + SMALL) / (expected + SMALL))
    error -= error.mean()
    variance = float(np.clip((error**2 - expected / (expected + SMALL) ** 2).mean(), 1e-4, MOST_VARIANCE))
    memory = float((error[1:] * error[:-1]).mean()) / variance
    return variance, float(np.clip(memory, 0.0, 0.8))


def growth(fit: CityFit) -> tuple[float, float]:
    """Log growth a year and its standard deviation: yearly ratios, weighed against a prior of no growth."""
    years = len(fit.tame) // 364
    if years < 3:
        return 0.0, PRIOR_DRIFT_SD
    came, usual = (x[-years * 364 :].reshape(years, 364).sum(axis=1) for x in (fit.tame, fit.fitted))
    level = np.log((came + SMALL) / (usual + SMALL))
    steps = np.diff(level)
    noise = max(float(steps.var(ddof=1)), PRIOR_WALK * 13)
    precision = len(steps) / noise + 1.0 / PRIOR_DRIFT_SD**2
    return float(steps.sum() / noise / precision), float(precision**-0.5)
