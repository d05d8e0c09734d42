"""What forecasters read of a category: its own history, with days that are no demand as ordinary days before them.

A gap would pull every level down, and rows keyed in together would lift it, for weeks. Their counts are replaced by
the level of the ordinary days before × weekday, shared out as the areas filed in the year before, and marked: no
effect and no error is learnt from them (`models.history.trust`). What is scored stays as filed. So are the peaks of
named days, which are noted beside, to be put on top of what forecasters say (`models.peaks`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats, Ints, Known
from domain.peaks import Peak
from models.history.ordinary import SIDE_DAYS, weekday_factor
from models.history.record import Yearly, peak_days, runs
from models.history.since import own_history
from models.history.trust import REPORTED, history_of

Mask = NDArray[np.bool_]

LONGEST_ENTRY, LONGEST_SILENCE = 2, 28
"""Days up to the origin that are still an entry, or a gap: more of them may be the new level, or the end of it."""
YEAR_DAYS = 364
LEAST = 0.5
"""Requests of a day, at least, in a ratio."""
SHARE_REQUESTS = 20.0
"""Weight of an area's usual share beside what it filed on the peaks."""


def learnt_from(known: Known, category: str) -> Known:
    """The record that a category is learnt from; the very same where nothing is to be cut or mended."""
    return mended(own_history(known, category), category)


def mended(known: Known, category: str) -> Known:
    """The record with a category's gaps, entries and peaks replaced and marked; the very same where it has none."""
    demand, index = known.demand, known.demand.categories.index(category)
    counts, history = demand.of(category), history_of(known, category)
    is_reported = demand.share_of(category) >= REPORTED
    odd = (history.trust == 0) & is_reported
    odd &= ~_undecided(odd & ~peak_days(history.peaks, len(odd)), counts.sum(axis=0))
    if not odd.any() or odd.all():
        return known
    every = demand.counts.copy()
    factor = weekday_factor(counts.sum(axis=0), demand.dates)
    every[index] = replaced(counts, odd, factor)
    marked = np.zeros((len(demand.categories), len(odd)), dtype=bool) if demand.mended is None else demand.mended.copy()
    marked[index] |= odd
    demand = replace(demand, counts=every, mended=marked)
    found = tuple(peak_of(category, peak, counts, odd, factor) for peak in history.peaks)
    return replace(known, demand=demand, peaks=found or known.peaks)


def replaced(counts: Ints, odd: Mask, factor: Floats) -> Ints:
    """Counts (A, T) with the odd days (T,) as usual before them, after them where nothing is before; whole numbers
    whose sum over areas and days is that of the expected ones. factor: (T,) of the weekday."""
    days = np.flatnonzero(odd)
    expected = [usual(counts, ~odd, factor, int(day)) for day in days]
    total = np.floor(np.cumsum(np.concatenate(expected)) + 0.5)
    out = counts.copy()
    out[:, odd] = np.diff(total, prepend=0.0).reshape(-1, len(counts)).T
    return out


def usual(counts: Ints, good: Mask, factor: Floats, day: int) -> Floats:
    """(A,) requests expected on a day from the good days (T,) before it, after it where nothing is before."""
    there = np.flatnonzero(good)
    at = int(np.searchsorted(there, day))
    near = there[max(at - SIDE_DAYS, 0) : at] if at else there[:SIDE_DAYS]
    year = there[max(at - YEAR_DAYS, 0) : at] if at else there[:YEAR_DAYS]
    by_area = counts[:, year].sum(axis=1)
    level = counts[:, near].sum(axis=0) / factor[near]
    expected: Floats = level.mean() * factor[day] * (by_area / max(by_area.sum(), 1))
    return expected


def peak_of(category: str, found: Yearly, counts: Ints, odd: Mask, factor: Floats) -> Peak:
    """What the days of a yearly peak brought; years in which the day is odd for another reason tell nothing."""
    told = found.at[found.is_peak | ~odd[found.at]]
    expected = np.stack([usual(counts, ~odd, factor, int(t)) for t in told], axis=1)
    came = counts[:, told]
    log_times = np.log(np.maximum(came.sum(axis=0), LEAST) / np.maximum(expected.sum(axis=0), LEAST))
    beyond = (came - expected)[:, np.isin(told, found.positions)].sum(axis=1)
    share = _shares(np.maximum(beyond, 0.0) + SHARE_REQUESTS * _shares(expected[:, -1]))
    return Peak(category, found.name, found.offset, log_times, share)


def _shares(of: Floats) -> Floats:
    found: Floats = of / of.sum() if of.sum() > 0 else np.full(len(of), 1.0 / len(of))
    return found


def _undecided(odd: Mask, requests: Ints) -> Mask:
    """Of the odd days those up to the origin that are too many to be told from a new level."""
    found = np.zeros(len(odd), dtype=bool)
    if not odd[-1]:
        return found
    first, last = runs(odd)[-1]
    filed = int((requests[first:] > 0).sum())
    found[first : last + 1] = filed > LONGEST_ENTRY or last - first + 1 - filed > LONGEST_SILENCE
    return found
