"""Which held-out windows tell how far forecasts err on days like those to come.

A window with a day that is not demand (a gap, rows keyed in together, a last day not all reported) in or right before
it, or with a catastrophe, lends its error to no other days: a factor of 50 met in a hurricane is no chance of any quiet
week. Nor does one from before or right after the last break of the level, which levels have learnt since.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Known
from models.history.record import History
from models.history.trust import history_of

BEFORE_DAYS = 14
"""Up to the origin, whose counts weigh most in its levels."""
SETTLED_DAYS = 28
"""After a break, in which levels follow it."""
FEWEST = 20
"""Windows below which doubted ones are kept: few say less of errors than doubted ones."""


def held_out_windows(known: Known, category: str, first: int, every: int, horizon: int) -> NDArray[np.intp]:
    """Every `every`-th position of a day from `first` on whose next `horizon` days are known and may be learnt from."""
    days = len(known.demand.dates)
    origins = np.arange(first, days - horizon, every, dtype=np.intp)
    return learnable(history_of(known, category), origins, horizon)


def learnable(history: History, origins: NDArray[np.intp], horizon: int) -> NDArray[np.intp]:
    """Of ascending origins (O,), positions of days, those whose next `horizon` days may be learnt from."""
    days = origins[:, None] + np.arange(1, horizon + 1)
    before = np.maximum(origins[:, None] - np.arange(BEFORE_DAYS), 0)
    is_demand = (history.trust[days] > 0).all(axis=1) & (history.trust[before] > 0).all(axis=1)
    is_fair = is_demand & (history.trust[days] >= 1).all(axis=1)
    settled = max((step.index + SETTLED_DAYS for step in history.breaks), default=0)
    is_new = origins >= settled
    for kept in (is_fair & is_new, is_fair, is_demand):
        if kept.sum() >= FEWEST:
            chosen: NDArray[np.intp] = origins[kept]
            return chosen
    return origins
