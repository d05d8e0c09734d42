"""Which share of a city's requests an area files, as known each day: recent years, drawn to all of them.

An area that is new, or files no more, has the share of the days since.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats, Ints
from features.history import ewma
from models.history.since import area_starts

HALF_LIVES = (90.0, 365.0, 1460.0)
PRIOR_REQUESTS = 3.0
"""So many requests of even shares are mixed in, over an area's weight of history."""
LAG = 7
SETTLED_DAYS = 14
"""Days of a new area, or of one that files no more, before they alone make its share."""


def shares(counts: Ints, half_life: float, known: int | None = None, every: Ints | None = None) -> Floats:
    """(A, T), summing to 1 over the areas. counts: (A, T). known: days that tell which areas are new or ended, all
    where not given; fewer where the shares of later days must not know. every: (A, T) of all categories, which tell so
    where one alone is rare."""
    starts = area_starts(counts[:, :known])
    if every is not None:
        starts = np.maximum(starts, area_starts(every[:, :known]))
    own = _since_their_starts(counts, ewma(counts, half_life), half_life, starts)
    mass = half_life / np.log(2.0)
    raw = own + PRIOR_REQUESTS / mass / len(counts)
    out: Floats = raw / raw.sum(axis=0)
    return out


def _since_their_starts(counts: Ints, own: Floats, half_life: float, starts: NDArray[np.intp]) -> Floats:
    """Requests a day, (A, T), of areas with a start of their own from the days since, at the level that the areas
    filed throughout had over the whole history; `own` itself where all areas are such."""
    if not starts.any():
        return own
    own, throughout = own.copy(), starts == 0
    usual, others = own[throughout].sum(axis=0), counts[throughout].sum(axis=0)
    for area in np.flatnonzero(starts):
        first = int(starts[area])
        prior = PRIOR_REQUESTS / np.minimum(np.arange(1, len(usual) - first + 1), half_life / np.log(2.0))
        level = (usual[first:] + prior) / (ewma(others[first:], half_life) + prior)
        own[area, first + SETTLED_DAYS :] = (ewma(counts[area, first:], half_life) * level)[SETTLED_DAYS:]
    return own


def choose_half_life(counts: Ints, first: int) -> float:
    """The half-life whose shares of LAG days before make the days from `first` on likeliest (multinomial)."""

    def likelihood(half_life: float) -> float:
        known = shares(counts, half_life)[:, first - LAG : counts.shape[1] - LAG]
        return float((counts[:, first:] * np.log(known)).sum())

    return max(HALF_LIVES, key=likelihood)
