"""Which share of a city's requests an area files, as known each day: recent years, drawn to all of them."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Ints
from features.history import ewma

HALF_LIVES = (90.0, 365.0, 1460.0)
PRIOR_REQUESTS = 3.0
"""So many requests of even shares are mixed in, over an area's weight of history."""
LAG = 7


def shares(counts: Ints, half_life: float) -> Floats:
    """(A, T), summing to 1 over the areas. counts: (A, T)."""
    own = ewma(counts, half_life)
    mass = half_life / np.log(2.0)
    raw = own + PRIOR_REQUESTS / mass / len(counts)
    out: Floats = raw / raw.sum(axis=0)
    return out


def choose_half_life(counts: Ints, first: int) -> float:
    """The half-life whose shares of LAG days before make the days from `first` on likeliest (multinomial)."""

    def likelihood(half_life: float) -> float:
        known = shares(counts, half_life)[:, first - LAG : counts.shape[1] - LAG]
        return float((counts[:, first:] * np.log(known)).sum())

    return max(HALF_LIVES, key=likelihood)
