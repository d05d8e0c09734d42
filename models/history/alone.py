"""Rows keyed in together in any weather, or where none is known: days that stand alone, far beyond the whole record.

A storm or a thaw brings many requests, too, so size alone tells nothing. What tells is size beyond what the record
knows of, with days as usual beside it, in weather that the record knows well.
"""

from __future__ import annotations

import numpy as np

from domain.panel import Floats
from models.history.ordinary import Days, Mask
from models.history.record import runs

LEAST_DAYS = 100
"""Days to compare with, below which nothing is told."""
LEAST_ROWS = 100
BEYOND = 5.0
"""Times the level, and times the most that any other day is of its level, from which a day may be an entry. Where that
most is more itself, so must the day be: floods that bring 30 times the usual may well bring 900 times."""
UNSURE = 2.0
"""Times as far where the day after is not known yet: a flood's first day stands alone, too."""
ALONE = 0.05
"""Of its requests that the days beside it may have more than ordinary ones. Floods ebb, thaws last."""
LONGEST, LONGEST_OPEN = 3, 2
"""Days of a stretch; up to the origin more than LONGEST_OPEN of them may be a new level."""
SEVERAL_A_YEAR = 0.5
"""Entries that hide one another no more; further ones are taken for what this city's days may be."""


def standing_alone(days: Days, found: Mask) -> list[tuple[int, int]]:
    """First and last position of stretches of up to LONGEST days that must have been keyed in together.

    found: (T,) entries told otherwise. Compared is with all other days, or for a day without rain with those without.
    Days of extreme weather neither count nor are judged; days of rare weather count.
    """
    times = days.requests / np.maximum(days.ordinary / days.factor, 1.0)
    much = (times >= BEYOND) & (days.requests >= LEAST_ROWS) & ~days.is_extreme & ~days.is_rare
    alone = [s for s in runs(much) if _is_alone(days, *s) and not found[s[0] : s[1] + 1].all()]
    alone.sort(key=lambda s: -float(times[s[0] : s[1] + 1].min()))
    suspects = alone[: 1 + int(max(SEVERAL_A_YEAR * len(times) / 365, 1.0))]
    others = ~days.is_extreme & ~found
    for first, last in suspects:
        others[first : last + 1] = False
    return [s for s in suspects if times[s[0] : s[1] + 1].min() >= _least(days, times, others, *s)]


def _least(days: Days, times: Floats, others: Mask, first: int, last: int) -> float:
    """Times its level that a stretch must have, by what the other days have of theirs."""
    alike = others & days.is_rainless
    if not days.is_rainless[first : last + 1].all() or alike.sum() < LEAST_DAYS:
        alike = others
    if alike.sum() < LEAST_DAYS:
        return np.inf
    most = max(float(times[alike].max()), 1.0)
    return most * max(most, BEYOND) * (UNSURE if last + 1 == len(times) else 1.0)


def _is_alone(days: Days, first: int, last: int) -> bool:
    """Whether the days beside a stretch, as far as they are known, are ordinary ones."""
    beside = [t for t in (first - 1, last + 1) if 0 <= t < len(days.requests)]
    more = days.requests[beside] - days.ordinary[beside]
    longest = LONGEST if last + 1 < len(days.requests) else LONGEST_OPEN
    return last - first < longest and bool((more <= ALONE * days.requests[first : last + 1].min()).all())
