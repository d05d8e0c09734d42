"""The level of demand once season, calendar and weather are taken out: requests ÷ response, smoothed.

A catastrophic day is cut to a few times what was expected before it enters the level, so that one hurricane does not
stand for a year of ordinary demand; `excess` says by how much that understates the long-run mean.
"""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from features.history import ewma

MOST_TIMES = 6.0
LEAST_CUT = 10.0
"""Requests a day that are never cut."""
LEAST = 1e-4
PRIOR_DAYS = 7.0


def causal_level(counts: Floats, response: Floats, half_life: float) -> Floats:
    """(..., T): requests ÷ response up to each day, discounted (the power-steady model of Smith, 1979)."""
    level: Floats = ewma(counts, half_life) / np.maximum(ewma(response, half_life), LEAST)
    return np.maximum(level, LEAST)


def centred_level(counts: Floats, response: Floats, half_life: float) -> Floats:
    """(T,): the same from both sides, for days whose later days are known too."""

    def both(values: Floats) -> Floats:
        keep = 1.0 - 0.5 ** (1.0 / half_life)
        before = ewma(values, half_life) * _mass(len(values), half_life)
        after = ewma(values[::-1], half_life)[::-1] * _mass(len(values), half_life)[::-1]
        total: Floats = before + after - keep * values
        return total

    level: Floats = both(counts) / np.maximum(both(response), LEAST)
    return np.maximum(level, LEAST)


def _mass(days: int, half_life: float) -> Floats:
    """Weight that the days so far hold, so that the side with more days counts more."""
    mass: Floats = 1.0 - (0.5 ** (1.0 / half_life)) ** np.arange(1, days + 1)
    return mass


def cut(counts: Floats, expected: Floats) -> Floats:
    """Counts no higher than MOST_TIMES what was expected."""
    return np.minimum(counts, np.maximum(MOST_TIMES * expected, LEAST_CUT))
