"""The last days' counts with the requests that are still to be reported, as expected.

A day's count is what is known of it by now. Where late rows are usual (`Demand.reported_share`), levels made of such
counts would be low. Every day's missing part is expected in two steps of gamma-Poisson shrinkage: how busy the day
was in the whole city against the weeks before, then in each area, given that. Where little is reported yet, the
level of the weeks before decides; where nearly all is, the count does.
"""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Ints

WHOLE = 0.999
"""From this share on a day counts as reported."""
LEVEL_DAYS = 28
CITY_PRIOR = 5.0
"""Requests of the usual level that stand beside those of the day, for the whole city."""
AREA_PRIOR_DAYS = 1.0
"""Days of the usual level that stand beside the day, for an area."""


def nowcast(counts: Ints, share: Floats) -> Ints | Floats:
    """Expected final counts (A, T) from those known now and the share (T,) that is reported: `counts` itself where
    every day is whole, else floats, equal to the counts on whole days."""
    late = np.flatnonzero(share < WHOLE)
    if not len(late):
        return counts
    level = _level_before(counts, int(late[0]))
    out = counts.astype(np.float64)
    known, part = out[:, late], share[late]
    usual = level.sum()
    busy = (CITY_PRIOR + known.sum(axis=0)) / (CITY_PRIOR + part * usual)
    expected = AREA_PRIOR_DAYS * level[:, None] * busy
    rate = (expected + known) / (AREA_PRIOR_DAYS + part)
    out[:, late] = known + (1.0 - part) * rate
    return out


def _level_before(counts: Ints, first: int) -> Floats:
    """(A,) mean of the last whole weeks before the first day that is not whole."""
    window = counts[:, max(first - LEVEL_DAYS, 0) : first]
    mean: Floats = window.mean(axis=1) if window.shape[1] else counts.mean(axis=1)
    return mean
