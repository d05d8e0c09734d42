"""Peaks of named days, on top of what any forecaster says: fireworks, a parade, the night of a New Year.

A forecaster learns a record without them (`models.history.mended`) and says an ordinary holiday. On a day that had its
peak in other years each draw takes times the usual from Student's predictive distribution of their logs (normal, with
an inverse gamma prior of few years on the variance; Gelman et al. 2013, 3.3) and adds what that brings beyond.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from scipy.stats import t as student

from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.peaks import Peak, peaks_ahead
from models.counting import poisson_counts
from models.forecaster import AS_PUBLISHED, Block, Fitted

NAME = "peaks of named days"
PRIOR_YEARS, PRIOR_SD = 2.0, 0.3
"""What is held of how much years differ before any are known: of the log."""
BEYOND_RECORD = 2.0
"""Times the highest year's: no draw says more."""


def paths_with_peaks(
    fitted: Fitted,
    known: Known,
    weather: WeatherPaths | None,
    draws: Draws,
    horizon: int,
    reference: frozenset[Block] = AS_PUBLISHED,
) -> Ints:
    """What `fitted.paths` gives, (A, H, S), with peaks of the days ahead; the very same where there are none."""
    samples = fitted.paths(known, weather, draws, horizon, reference)
    ahead = ahead_of(known, known.peaks, horizon)
    if "calendar" in reference or not ahead:
        return samples
    ordinary = fitted.paths(without_names(known), weather, draws, horizon, reference)
    out = samples.copy()
    for day, peak in ahead.items():
        usual, said = (float((x[:, day] @ draws.weight).sum()) for x in (ordinary, samples))
        out[:, day] += extra(peak, known, draws, day, usual, said)
    return out


def ahead_of(known: Known, peaks: tuple[Peak, ...], days: int) -> dict[int, Peak]:
    """Day, 0 being the first after the origin -> its peak, where it has one."""
    return peaks_ahead(peaks, known.origin + timedelta(days=1), days, known.holidays, known.events or {})


def extra(peak: Peak, known: Known, draws: Draws, day: int, usual: float | Floats, said: float | Floats) -> Ints:
    """(A, S) requests beyond what is said of the city on that day, 0 being the first after the origin; usual: of an
    ordinary one. Each one figure or one a draw."""
    rng = generator(draws.seed, NAME, known.city, peak.category, known.origin, day)
    beyond = np.maximum(times(peak, rng.random(draws.size)) * usual - said, 0.0)
    mean = peak.share[:, None] * beyond
    return poisson_counts(rng.random(mean.shape), mean)


def times(peak: Peak, uniform: Floats) -> Floats:
    """Times the usual, at uniform numbers (S,)."""
    logs, years = peak.log_times, len(peak.log_times)
    freedom = years - 1 + PRIOR_YEARS
    variance = (((logs - logs.mean()) ** 2).sum() + PRIOR_YEARS * PRIOR_SD**2) / freedom
    scale = np.sqrt(variance * (1 + 1 / years))
    drawn = logs.mean() + scale * student.ppf(uniform, freedom)
    found: Floats = np.exp(np.minimum(drawn, logs.max() + np.log(BEYOND_RECORD)))
    return found


def without_names(known: Known) -> Known:
    """The record with no holiday and no event."""
    return replace(known, holidays={}, events=None if known.events is None else {})
