"""What forecasters read of a category: its own history, with days that are no demand as ordinary days before them.

A gap would pull every level down, and rows keyed in together would lift it, for weeks. Their counts are replaced by
the level of the ordinary days before × weekday, shared out as the areas filed in the year before, and marked: no
effect and no error is learnt from them (`models.history.trust`). What is scored stays as filed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats, Ints, Known
from models.history.ordinary import SIDE_DAYS, weekday_factor
from models.history.record import runs
from models.history.since import own_history
from models.history.trust import REPORTED, history_of

Mask = NDArray[np.bool_]

LONGEST_ENTRY, LONGEST_SILENCE = 2, 28
"""Days up to the origin that are still an entry, or a gap: more of them may be the new level, or the end of it."""
YEAR_DAYS = 364


def learnt_from(known: Known, category: str) -> Known:
    """The record that a category is learnt from; the very same where nothing is to be cut or mended."""
    return mended(own_history(known, category), category)


def mended(known: Known, category: str) -> Known:
    """The record with a category's gaps and entries replaced and marked; the very same where it has none."""
    demand, index = known.demand, known.demand.categories.index(category)
    counts = demand.of(category)
    odd = history_of(known, category).trust == 0
    odd &= demand.share_of(category) >= REPORTED
    odd &= ~_undecided(odd, counts.sum(axis=0))
    if not odd.any() or odd.all():
        return known
    every = demand.counts.copy()
    every[index] = replaced(counts, odd, weekday_factor(counts.sum(axis=0), demand.dates))
    marked = np.zeros((len(demand.categories), len(odd)), dtype=bool) if demand.mended is None else demand.mended.copy()
    marked[index] |= odd
    return replace(known, demand=replace(demand, counts=every, mended=marked))


def replaced(counts: Ints, odd: Mask, factor: Floats) -> Ints:
    """Counts (A, T) with the odd days (T,) as usual before them, after them where nothing is before; whole numbers
    whose sum over areas and days is that of the expected ones. factor: (T,) of the weekday."""
    good = np.flatnonzero(~odd)
    level = counts.sum(axis=0) / factor
    expected = []
    for day in np.flatnonzero(odd):
        at = int(np.searchsorted(good, day))
        near = good[max(at - SIDE_DAYS, 0) : at] if at else good[:SIDE_DAYS]
        year = good[max(at - YEAR_DAYS, 0) : at] if at else good[:YEAR_DAYS]
        by_area = counts[:, year].sum(axis=1)
        share = by_area / max(by_area.sum(), 1)
        expected.append(level[near].mean() * factor[day] * share)
    total = np.floor(np.cumsum(np.concatenate(expected)) + 0.5)
    out = counts.copy()
    out[:, odd] = np.diff(total, prepend=0.0).reshape(-1, len(counts)).T
    return out


def _undecided(odd: Mask, requests: Ints) -> Mask:
    """Of the odd days those up to the origin that are too many to be told from a new level."""
    found = np.zeros(len(odd), dtype=bool)
    if not odd[-1]:
        return found
    first, last = runs(odd)[-1]
    filed = int((requests[first:] > 0).sum())
    found[first : last + 1] = filed > LONGEST_ENTRY or last - first + 1 - filed > LONGEST_SILENCE
    return found
