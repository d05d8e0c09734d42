"""Which held-out windows tell how far forecasts err on days like those to come.

A window with a day that is not demand (a gap, rows keyed in together, a last day not all reported) in or right before
it says nothing of errors, nor does one from before or right after the last break of the level, which levels have learnt
since. Catastrophes stay, bounded: they come again, but a factor of 50 met in a hurricane is no chance of a quiet week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.panel import Ints, Known
from models.history.record import History
from models.history.trust import history_of

BEFORE_DAYS = 14
"""Up to the origin, whose counts weigh most in its levels."""
SETTLED_DAYS = 28
"""After a break, in which levels follow it."""
FEWEST = 20
"""Windows below which those around a break are kept, then all: few say less of errors than doubted ones."""


@dataclass(frozen=True)
class Windows:
    """origins: (O,) positions of days. filed: (O, H, A) requests of the days after them, catastrophes at their bound.

    is_storm: (O,) whether there was one."""

    origins: NDArray[np.intp]
    filed: Ints
    is_storm: NDArray[np.bool_]


def held_out_windows(known: Known, category: str, first: int, every: int, horizon: int) -> Windows:
    """Origins every `every`-th day from `first` on whose next `horizon` days are known and may be learnt from."""
    counts, history = known.demand.of(category), history_of(known, category)
    origins = learnable(history, np.arange(first, counts.shape[1] - horizon, every, dtype=np.intp), horizon)
    bound = np.where(history.trust > 0, history.trust, 1.0)
    filed = np.rint(counts * bound).astype(np.int32)
    days = origins[:, None] + np.arange(1, horizon + 1)
    return Windows(origins, filed[:, days].transpose(1, 2, 0), (bound[days] < 1).any(axis=1))


def learnable(history: History, origins: NDArray[np.intp], horizon: int) -> NDArray[np.intp]:
    """Of ascending origins (O,), positions of days, those whose next `horizon` days may be learnt from."""
    before = np.maximum(origins[:, None] - np.arange(BEFORE_DAYS), 0)
    is_demand = of_demand(history, origins, horizon) & (history.trust[before] > 0).all(axis=1)
    settled = max((step.index + SETTLED_DAYS for step in history.breaks), default=0)
    is_new = origins >= settled
    for kept in (is_demand & is_new, is_demand):
        if kept.sum() >= FEWEST:
            chosen: NDArray[np.intp] = origins[kept]
            return chosen
    return origins


def of_demand(history: History, origins: NDArray[np.intp], horizon: int) -> NDArray[np.bool_]:
    """(O,) whether the `horizon` days after each origin, a position of a day, hold no gap and no rows keyed in
    together: what was filed in a catastrophe is demand."""
    days = origins[:, None] + np.arange(1, horizon + 1)
    found: NDArray[np.bool_] = (history.trust[days] > 0).all(axis=1)
    return found
