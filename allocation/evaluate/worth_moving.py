"""Whether the morning's moves pay: the day is played on what is open, with the crews moved and with the crews left."""

from __future__ import annotations

import numpy as np

from allocation.absence import present_share
from allocation.dense import Dense
from allocation.dispatch import Crewing, late_cost
from allocation.evaluate.moves import Morning
from domain.panel import Floats


def is_worth_moving(before: Dense, stay: Morning, after: Dense, moved: Morning, opening: Floats) -> bool:
    """True where what the moved crews leave open costs less.

    A crew that moves mostly reaches from its own yard what is overdue, and drives longer, or leaves its yard's areas,
    from the other: uncovered minutes alone say nothing of either. before, after: the window with the crews where they
    are and where they would be. opening: (J, A, B) that morning; requests of the day are not known and left out.
    """
    return _left_over(after, moved, opening) < _left_over(before, stay, opening)


def _left_over(dense: Dense, morning: Morning, opening: Floats) -> float:
    """Money of late days over the window's dates when the crews work on its first date and nobody after."""
    minutes = morning.crews * dense.net_minutes[:, None, :] + 60 * morning.overtime_hours
    regular = np.zeros((len(dense.problem.dates), *minutes.shape, 1))
    regular[0, ..., 0] = minutes * present_share(dense)[0]
    filed = np.zeros((*opening.shape[:2], len(regular), len(dense.minutes), 1))
    crewing = Crewing(regular, np.zeros_like(regular))
    return float(late_cost(dense, crewing, opening, filed, 0)[0])
