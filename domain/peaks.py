"""Days that a holiday or an event brings many times the usual requests on, year after year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

BESIDE = (0, -1, 1)
"""Days from a named day that may hold its requests: the day itself, its eve, the day after."""
SEPARATOR = "; "
"""Between the names of holidays that fall on one day."""
YEAR = re.compile(r"\s*\b(19|20)\d\d\b")
"""In a name: 'Marathon 2024' is the marathon of every year."""


@dataclass(frozen=True)
class Peak:
    """What one named day, or the day beside it, brought a category.

    name: of a holiday or an event. offset: of BESIDE, days from it. log_times: (Y,) of each year known, the log of
    its requests ÷ those of an ordinary day then. share: (A,) each area's of them, sums to 1.
    """

    category: str
    name: str
    offset: int
    log_times: NDArray[np.float64]
    share: NDArray[np.float64]


def days_by_name(*named: Mapping[date, str]) -> dict[str, list[date]]:
    """Each name's days, ascending; a day may have several names."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    for days in named:
        for day, names in days.items():
            for name in names.split(SEPARATOR):
                found[YEAR.sub("", name).strip() or name].add(day)
    return {name: sorted(found[name]) for name in sorted(found)}


def peaks_ahead(peaks: tuple[Peak, ...], first: date, days: int, *named: Mapping[date, str]) -> dict[int, Peak]:
    """Position of the day, 0 being `first` -> its peak; where several fall on a day the one of most years."""
    found: dict[int, Peak] = {}
    by_name = days_by_name(*named)
    for peak in sorted(peaks, key=lambda p: len(p.log_times)):
        for day in by_name.get(peak.name, ()):
            at = (day + timedelta(days=peak.offset) - first).days
            if 0 <= at < days:
                found[at] = peak
    return found
