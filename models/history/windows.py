"""Which held-out windows tell how far forecasts err on days like those to come.

A window with a day that is not demand (a gap, rows keyed in together, a last day not all reported), or with a
catastrophe, lends its error to no other days: a factor of 50 met in a hurricane is no chance of any quiet week. Nor
does one from before the last break of the level, where the model was wrong about a level that it has learnt since.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Known
from models.history.record import History
from models.history.trust import history_of

FEWEST = 20
"""Windows below which doubted ones are kept: few say less of errors than doubted ones."""


def held_out_windows(known: Known, category: str, first: int, every: int, horizon: int) -> NDArray[np.intp]:
    """Every `every`-th position of a day from `first` on whose next `horizon` days are known and may be learnt from."""
    days = len(known.demand.dates)
    origins = np.arange(first, days - horizon, every, dtype=np.intp)
    import os

    if os.environ.get("LAW") == "old":
        return origins
    return learnable(history_of(known, category), origins, horizon)


def learnable(history: History, origins: NDArray[np.intp], horizon: int) -> NDArray[np.intp]:
    """Of ascending origins (O,), positions of days, those whose next `horizon` days may be learnt from."""
    days = origins[:, None] + np.arange(1, horizon + 1)
    is_demand = (history.trust[days] > 0).all(axis=1)
    is_fair = (history.trust[days] >= 1).all(axis=1)
    last = max((step.index for step in history.breaks), default=0)
    is_new = origins + 1 >= last
    for kept in (is_fair & is_new, is_fair, is_demand):
        if kept.sum() >= FEWEST:
            return origins[kept]
    return origins
