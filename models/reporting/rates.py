"""Reporting rates by area, partially pooled, from incidents and their further reports.

Liu, Bhandaram and Garg 2023, "Quantifying spatial under-reporting disparities in resident crowdsourcing" (Nature
Computational Science): once an incident has been reported, further reports of it are a Poisson process at the rate of
its area while it lasts, whatever the number of incidents. Here the rate is λ_area × g(age): g, one for the whole
city, is a step function of the days since the first report, so that water which runs off or a hole that everybody
knows by now is not taken for silence. Areas are pooled by a gamma prior fitted by maximum marginal likelihood
(empirical Bayes). Incidents differ in how much they annoy and days in how many people look: the variance of an
area's count is Σμ + α Σμ² over its incidents, α from the counts of months against their means, and the area's
evidence counts by mean ÷ variance of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import gamma, norm

from domain.panel import Floats
from models.reporting.link import OPEN_DAYS, Incidents
from models.reporting.severity import corrected

AGES = np.array([0.0, 1 / 24, 3 / 24, 6 / 24, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, OPEN_DAYS])
"""Bounds of the steps of g, days."""
BLOCK_DAYS = 30.0
ROUNDS = 25
HELD = 2.0
COVER = 0.90
RULE_SD = 0.05
"""Of the log of an area's rate: what linking and the watch get wrong from area to area, such as crews that come sooner
in one district. Read off simulated cities whose rates are known (seeds 1 to 5)."""
GRID = (np.arange(400) + 0.5) / 400
"""Where posteriors are read off, evenly in probability."""


@dataclass(frozen=True)
class Rates:
    """Posterior of each area's rate relative to the median area, (A,): centre (posterior mean), low, high (central
    90 %). incidents, repeats: (A,) behind it. dispersion: α."""

    centre: Floats
    low: Floats
    high: Floats
    incidents: Floats
    repeats: Floats
    dispersion: float


@dataclass(frozen=True)
class _Fit:
    """further: (I,) reports. exposure: (I,) Σ g × days watched. mu: (I,) expected further reports."""

    further: Floats
    exposure: Floats
    mu: Floats


def rates(found: Incidents, areas: int) -> Rates:
    """Rates of `areas` areas. Needs repeats somewhere; an area without incidents gets the prior."""
    fit = _fit(found, areas)
    n, exposure = (np.bincount(found.area, v, minlength=areas) for v in (fit.further, fit.exposure))
    alpha = _dispersion(found, fit, areas)
    worth = _worth(found, fit.mu, alpha, areas)
    net = np.maximum(n - np.bincount(found.area, _chance(found, fit.mu), minlength=areas), 0.0)
    shape, scale = _prior(net * worth, exposure * worth)
    post = gamma(shape + net * worth, scale=1.0 / (shape / scale + exposure * worth))
    draws = _with_rule_error(corrected(post.ppf(GRID[:, None]) / scale))
    tail = (1 - COVER) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return Rates(
        centre=draws.mean(axis=0),
        low=low,
        high=high,
        incidents=np.bincount(found.area, minlength=areas).astype(float),
        repeats=n.astype(float),
        dispersion=alpha,
    )


def by_chance(found: Incidents, areas: int) -> float:
    """Of all further reports, how many other incidents at the same spots are expected to bring."""
    return float(_chance(found, _fit(found, areas).mu).sum()) if len(found.age) else 0.0


def _fit(found: Incidents, areas: int) -> _Fit:
    count, time = _by_age(found)
    exposure = time @ _profile(found, count, time, areas)
    further = count.sum(axis=1)
    n, whole = (np.bincount(found.area, v, minlength=areas) for v in (further, exposure))
    rate = (n + HELD) / (whole + HELD * whole.sum() / n.sum())
    return _Fit(further, exposure, exposure * rate[found.area])


def _worth(found: Incidents, mu: Floats, alpha: float, areas: int) -> Floats:
    """Mean ÷ variance of each area's count, (A,): what one report is worth as evidence."""
    total, squared = (np.bincount(found.area, v, minlength=areas) for v in (mu, mu**2))
    worth: Floats = np.where(total > 0, total / np.maximum(total + alpha * squared, 1e-12), 1.0)
    return worth


def _chance(found: Incidents, mu: Floats) -> Floats:
    """Reports of other incidents that are expected among the repeats of each, (I,): one that begins at any moment of
    the watch brings its first report and, on average, half the repeats of a whole watch."""
    expected: Floats = found.others * (found.until - found.first) * (1 + mu / 2)
    return expected


def _with_rule_error(draws: Floats) -> Floats:
    """Each draw spread by RULE_SD on the log scale, at nine points of equal probability."""
    spread = np.exp(RULE_SD * norm.ppf((np.arange(9) + 0.5) / 9))
    wide: Floats = (spread[:, None, None] * draws).reshape(-1, draws.shape[1])
    return wide


def _by_age(found: Incidents) -> tuple[Floats, Floats]:
    """Further reports and days watched of each incident by step of AGES, (I, K) each."""
    steps = len(AGES) - 1
    step = np.clip(np.searchsorted(AGES, found.age, side="right") - 1, 0, steps - 1)
    count = np.zeros((len(found.area), steps))
    np.add.at(count, (found.incident, step), 1.0)
    watched = (found.until - found.first)[:, None]
    time: Floats = np.clip(watched - AGES[:-1], 0.0, np.diff(AGES))
    return count, time


def _profile(found: Incidents, count: Floats, time: Floats, areas: int) -> Floats:
    """g, (K,): alternately the steps given the areas' rates and the rates given the steps, to the maximum of the
    Poisson likelihood, with every area's rate held towards 1 by HELD reports' worth."""
    by_area = np.zeros((areas, time.shape[1]))
    np.add.at(by_area, found.area, time)
    n = np.bincount(found.area, count.sum(axis=1), minlength=areas)
    rate = np.ones(areas)
    steps = count.sum(axis=0)
    g = steps / np.maximum(by_area.sum(axis=0), 1e-12)
    for _ in range(ROUNDS):
        g = steps / np.maximum(rate @ by_area, 1e-12)
        rate = (n + HELD) / (by_area @ g + HELD)
    profile: Floats = g
    return profile


def _dispersion(found: Incidents, fit: _Fit, areas: int) -> float:
    """α ≥ 0 with Var = Σμ + α Σμ², by moments over areas × months, one degree of freedom an area given up."""
    block = np.floor((found.first - found.first.min()) / BLOCK_DAYS).astype(np.int64)
    cell, at = np.unique(block * areas + found.area, return_inverse=True)
    n, m, squared = (np.bincount(at, v) for v in (fit.further, fit.mu, fit.mu**2))
    free = len(cell) / max(len(cell) - areas, 1)
    excess = (free * (n - m) ** 2 - m).sum()
    return float(max(excess / max(squared.sum(), 1e-12), 0.0))


def _prior(n: Floats, exposure: Floats) -> tuple[float, float]:
    """Shape and mean of the gamma that areas' rates come from: maximum marginal (negative binomial) likelihood."""
    level = n.sum() / exposure.sum()

    def loss(theta: Floats) -> float:
        shape, rate = np.exp(theta[0]), np.exp(theta[0]) / (level * np.exp(theta[1]))
        likelihood = gammaln(shape + n) - gammaln(shape) + shape * np.log(rate) - (shape + n) * np.log(rate + exposure)
        return -float(likelihood.sum())

    best = minimize(loss, np.array([2.0, 0.0]), method="L-BFGS-B", bounds=[(-1.0, 8.0), (-2.0, 2.0)])
    return float(np.exp(best.x[0])), float(level * np.exp(best.x[1]))
