"""Days far out of line that a holiday or an event brings every year: no rows keyed in, and no days like others.

Forecasters know that a day is a holiday, not which: the fireworks of one would be shared out over all of them, and
stand in the levels of the weeks after. So these days are kept out of what is learnt from and learnt as days of their
own (`models.peaks`), from the second year on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.peaks import BESIDE, days_by_name
from models.history.ordinary import Days, Mask
from models.history.record import Finding, Yearly

AS_FAR = 1 / 3
"""Of how far out of line a day is, from which that of another year is its like. An import on one New Year is not."""
STANDS_OUT = 2.5
"""Times the usual that the day of another year must have in any case: a backlog keyed in late is no habit."""
MUCH, LEAST_EXTRA = 2.0, 10
"""Times the usual, and requests beyond it, of a day that is a peak by coming again and again."""
YEARS, MOST_YEARS_SHARE = 3, 0.8
"""Years with such a peak that there must be, and of all years: fewer are chance, as a thaw doubles days, too."""
MOST_A_YEAR = 1.5
"""Days of one name. What comes more often, as home games, is learnt as events are."""


def yearly_peaks(days: Days, entered: Mask, late: Mask, *named: Mapping[date, str]) -> list[Yearly]:
    """entered: (T,) days that would else pass for rows keyed in. late: (T,) days not all reported, which tell nothing.
    named: local days with a name, holidays and events."""
    found = []
    for name, its_days in days_by_name(*named).items():
        for offset in BESIDE:
            wanted = pd.DatetimeIndex([day + timedelta(days=offset) for day in its_days])
            at = days.dates.get_indexer(wanted)
            at = at[at >= 0]
            at = at[~late[at]]
            often = len(at) > MOST_A_YEAR * len(days.dates) / 365 + 1
            is_peak = _peaks(days, at, entered[at])
            if is_peak.any() and not often:
                found.append(Yearly(name, offset, at, is_peak))
    return found


def _peaks(days: Days, at: NDArray[np.intp], entered: Mask) -> Mask:
    """(Y,) which days of a name are peaks; none where they are not of every year."""
    times = days.requests[at] / np.maximum(days.ordinary[at], 1.0)
    most = np.array([np.delete(times, i).max(initial=0.0) for i in range(len(times))])
    much = (times >= MUCH) & (days.requests[at] - days.ordinary[at] >= LEAST_EXTRA)
    much &= ~entered | (most >= AS_FAR * times)
    judged = ~days.is_rare[at]  # a storm's requests are the weather's
    if (much & judged).sum() >= max(YEARS, ceil(MOST_YEARS_SHARE * judged.sum())):
        return much
    is_far = much & (times >= STANDS_OUT)
    return is_far & bool((is_far & entered & (most >= STANDS_OUT)).any())


def peak_findings(days: Days, peaks: Sequence[Yearly]) -> list[Finding]:
    """A finding a day, the last name of it where it has several."""
    found = {}
    for peak in peaks:
        for at in peak.positions:
            day, times = days.dates[at].date(), float(days.requests[at] / max(days.ordinary[at], 1.0))
            others = [int(t) for t in peak.positions if t != at]
            like = f"{days.requests[others[-1]]:,} came in {days.dates[others[-1]].year}" if others else ""
            words = f"{days.requests[at]:,} requests, {times:,.0f} times the usual, {peak.words}"
            end = "learnt as a day of its own, and expected again"
            found[day] = Finding("yearly peak", day, day, times, "; ".join(filter(None, [f"{words}: {like}", end])))
    return list(found.values())
