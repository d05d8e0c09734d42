"""A city's requests by shift over a year: the draws of each day laid on the shifts by their mean share.

`models.shifts.split` divides whole requests by chance; over a year of a whole city the share is enough.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.city import Shift
from domain.panel import Floats, Ints
from models.shifts import part_shares


def requests_by_shift(daily: Ints, dates: pd.DatetimeIndex, profile: Floats, shifts: Sequence[Shift]) -> Floats:
    """Requests (H, N, S) by the day on which the shift starts, from daily (H, S) and profile (7, 4, 24).

    What early hours of the first day owe to the night before is left out; those after the last day are not known.
    """
    weekday, season = np.asarray(dates.day_of_week), (np.asarray(dates.month) % 12) // 3
    shares = part_shares(profile[weekday, season], shifts)  # (H, 3, N)
    days = len(dates)
    out = np.zeros((days, len(shifts), daily.shape[1]))
    for part, offset in enumerate((-1, 0, 1)):
        first, last = max(0, -offset), min(days, days - offset)
        moved = shares[first:last, part][:, :, None] * daily[first:last, None, :]
        out[first + offset : last + offset] += moved
    return out
