"""How a city's daily requests respond to season, calendar and weather: a Poisson regression with a log link.

scikit-learn's PoissonRegressor takes no offset. Counts y with exposure e (the level of the time) are fitted as rates
y ÷ e with e as sample weight, which has the same score equations. A second pass divides the weights by 1 + mean ÷ k,
the negative binomial's, so that a few catastrophic days do not set the whole response (quasi-likelihood,
McCullagh and Nelder 1989, chapter 9). The ridge penalty is a normal prior on the effect of one standard deviation,
weighed against the information that the days hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from threadpoolctl import ThreadpoolController

from domain.panel import Floats
from models.residuals import SIZES, log_likelihood

PRIOR_SD = 0.25
"""Of the log effect of one standard deviation of a column."""
REPEATED_DAYS = 3.0
"""Days in a row err alike: so many count as one in weighing the data against the prior."""
SIZE_TOLERANCE = 0.1
"""Of the log of the negative binomial's size: finer does not move the weights."""
SMALLEST = 1e-6
MOST_SD = 6.0
"""Columns are kept within so many standard deviations, and within what was seen."""


@dataclass(frozen=True)
class Effect:
    """One block: log effect = clipped standardised columns × coef, 0 where a value is missing. (K,) each."""

    centre: Floats
    scale: Floats
    low: Floats
    high: Floats
    coef: Floats

    def log(self, x: Floats) -> Floats:
        """(..., K) to (...)."""
        out: Floats = self.standard(x) @ self.coef
        return out

    def standard(self, x: Floats) -> Floats:
        z = np.clip((x - self.centre) / self.scale, self.low, self.high)
        return np.nan_to_num(z, nan=0.0)


@dataclass(frozen=True)
class Response:
    """blocks: name -> effect. intercept: log. size: k of the negative binomial around the fitted days."""

    intercept: float
    blocks: dict[str, Effect]
    size: float

    def log(self, columns: dict[str, Floats]) -> Floats:
        """log of expected requests at exposure 1, the sum over the blocks given; blocks broadcast."""
        total: Floats = np.asarray(self.intercept)
        for name, x in columns.items():
            total = total + self.blocks[name].log(x)
        return total


def fit_response(
    counts: Floats, exposure: Floats, columns: dict[str, Floats], rows: NDArray[np.bool_], weight: Floats
) -> Response:
    """Learn from the days `rows` (D,). counts, exposure, weight: (D,). columns: block -> (D, K)."""
    plain = {name: _scaling(x[rows]) for name, x in columns.items()}
    y, e = counts[rows], np.maximum(exposure[rows], SMALLEST)
    if not y.any():
        return Response(0.0, plain, float(SIZES[-1]))
    z = np.concatenate([plain[name].standard(x[rows]) for name, x in columns.items()], axis=1)
    own, mean, size = weight[rows], e * (y.sum() / e.sum()), float(SIZES[-1])
    for _ in range(2):
        size = best_size(y, mean)
        intercept, coef = _regress(z, y / e, own * e / (1.0 + mean / size))
        mean = e * np.exp(intercept + z @ coef)
    level = float(np.log((own @ y) / (own @ mean)))
    return Response(intercept + level, _with_coef(plain, coef), best_size(y, mean * np.exp(level)))


def best_size(counts: Floats, mean: Floats) -> float:
    """k of the likeliest negative binomial around the means, between the ends of SIZES."""
    positive = np.maximum(mean, SMALLEST)

    def misfit(log_size: float) -> float:
        return -log_likelihood(counts, positive, np.full(len(mean), np.exp(log_size)))

    ends = float(np.log(SIZES[0])), float(np.log(SIZES[-1]))
    found = minimize_scalar(misfit, bounds=ends, method="bounded", options={"xatol": SIZE_TOLERANCE})
    return float(np.exp(found.x))


def _regress(z: Floats, rate: Floats, weight: Floats) -> tuple[float, Floats]:
    """Intercept and coefficients. The penalty is 1 ÷ PRIOR_SD² in units of the information that the days hold."""
    from sklearn.linear_model import PoissonRegressor

    usual = max(float(np.average(rate, weights=weight)), SMALLEST)
    coef, moves = np.zeros(z.shape[1]), z.any(axis=0)
    if not moves.any():
        return float(np.log(usual)), coef
    information = max(float(weight.sum()) * usual / REPEATED_DAYS, SMALLEST)
    model = PoissonRegressor(alpha=1.0 / (PRIOR_SD**2 * information), solver="newton-cholesky", max_iter=100)
    with _threads().limit(limits=1):  # the same sums on every machine, and no spinning beside other categories
        model.fit(z[:, moves], rate / usual, sample_weight=weight)
    coef[moves] = model.coef_
    return float(model.intercept_ + np.log(usual)), coef


@cache
def _threads() -> ThreadpoolController:
    """Finds the loaded BLAS and OpenMP once: looking for them takes longer than a fit."""
    return ThreadpoolController()


def _scaling(x: Floats) -> Effect:
    """Centre, scale and limits of the columns, with no effect yet; a column that never moves is switched off."""
    there = np.isfinite(x)
    size = np.maximum(there.sum(axis=0), 1)
    centre = np.where(there, x, 0.0).sum(axis=0) / size
    gap = np.where(there, x - centre, 0.0)
    scale = np.sqrt((gap**2).sum(axis=0) / size)
    moves = scale > SMALLEST
    scale = np.where(moves, scale, np.inf)
    z = gap / scale
    low, high = (np.clip(f(z, axis=0, initial=0.0), -MOST_SD, MOST_SD) for f in (np.min, np.max))
    return Effect(centre, scale, low, high, np.zeros(x.shape[1]))


def _with_coef(plain: dict[str, Effect], coef: Floats) -> dict[str, Effect]:
    out, at = {}, 0
    for name, effect in plain.items():
        width = len(effect.coef)
        out[name] = Effect(effect.centre, effect.scale, effect.low, effect.high, coef[at : at + width])
        at += width
    return out
