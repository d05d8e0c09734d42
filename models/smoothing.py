"""Discounted levels and a rolling weekday profile, and how well they explain counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import gammaln

from domain.panel import Floats, Ints

PROFILE_DAYS = 364
PROFILE_PRIOR_WEEKS = 1
START_DAYS = 28
SHAPES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 50.0, 200.0)
SMALLEST_MEAN = 1e-3


@dataclass(frozen=True)
class Smoothed:
    """level: (A, T) requests a day of an average weekday, as known at the end of day t.

    profile: (T, 7) weekday factors, mean 1, as known then. weekday: (T,), 0 is Monday.
    """

    level: Floats
    profile: Floats
    weekday: NDArray[np.int_]

    def mean(self, t: int, horizon: int) -> Floats:
        """(A, H): expected requests on the days after day t."""
        ahead = (self.weekday[t] + np.arange(1, horizon + 1)) % 7
        mean: Floats = self.level[:, t : t + 1] * self.profile[t, ahead]
        return mean


def smooth(counts: Ints | Floats, dates: pd.DatetimeIndex, rate: float, strength: float) -> Smoothed:
    """Level = discounted requests ÷ discounted weekday factors (the power-steady model of Smith, 1979).

    counts (A, T). strength: exponent of the weekday profile; 0 switches it off.
    """
    weekday = np.asarray(dates.day_of_week, dtype=np.int_)
    profile = weekday_profile(counts.sum(axis=0), weekday) ** strength
    profile = profile / profile.mean(axis=1, keepdims=True)
    factor = profile[np.arange(len(weekday)), weekday]
    level = _discounted(counts.astype(float), rate) / np.maximum(_discounted(factor[None], rate), 1e-9)
    return Smoothed(level, profile, weekday)


def weekday_profile(city: Ints | Floats, weekday: NDArray[np.int_]) -> Floats:
    """(T, 7): weekday factors of the year up to each day, drawn towards 1 by one average week."""
    is_day = (weekday[:, None] == np.arange(7)).astype(float)
    days = _rolling(is_day)
    requests = _rolling(is_day * city[:, None])
    average = requests.sum(axis=1, keepdims=True) / days.sum(axis=1, keepdims=True)
    factor = (requests + PROFILE_PRIOR_WEEKS * average) / (days + PROFILE_PRIOR_WEEKS)
    ratio = np.divide(factor, average, out=np.ones_like(factor), where=average > 0)
    profile: Floats = ratio / ratio.mean(axis=1, keepdims=True)
    return profile


def shape_of(outcomes: NDArray[np.integer], means: Floats) -> float:
    """The gamma shape under which negative binomial counts around the means are likeliest."""
    likelihoods = [log_likelihood(outcomes, means, shape) for shape in SHAPES]
    return SHAPES[int(np.argmax(likelihoods))]


def log_likelihood(outcomes: NDArray[np.integer], means: Floats, shape: float) -> float:
    """Mean log probability of counts that are Poisson around mean × Gamma(shape, 1 / shape)."""
    mean = np.maximum(means, SMALLEST_MEAN)
    whole = np.arange(int(outcomes.max(initial=0)) + 1)
    constant = gammaln(whole + shape) - gammaln(shape) - gammaln(whole + 1.0) + shape * np.log(shape)
    log_p = constant[outcomes] + outcomes * np.log(mean) - (shape + outcomes) * np.log(shape + mean)
    return float(log_p.mean())


def _discounted(values: Floats, rate: float) -> Floats:
    """Exponentially weighted mean along the last axis, started from the mean of the first four weeks."""
    start = values[:, :START_DAYS].mean(axis=1, keepdims=True)
    smoothed, _ = lfilter([rate], [1.0, rate - 1.0], values, axis=1, zi=(1.0 - rate) * start)
    result: Floats = smoothed
    return result


def _rolling(values: Floats) -> Floats:
    """Sums over the last `PROFILE_DAYS` rows, itself included."""
    total = np.cumsum(values, axis=0)
    total[PROFILE_DAYS:] -= total[:-PROFILE_DAYS].copy()
    return total
