"""What a budget officer does without a model, with the spread that the same rule showed before the origin.

Both give draws (S,) of the total of a window of days, for one series of daily counts known up to the origin.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Floats, Ints

STEP = 28
SMALL = 0.5
HALF_LIFE = 90.0
YEAR = 364


def last_year(counts: Ints, first: int, days: int, rng: np.random.Generator, size: int) -> Floats:
    """The same days of the last year that is known whole, times a past ratio of one such window to its year before.

    counts: (T,). first: days from the origin to the first day of the window, from 1.
    """
    total = np.concatenate([[0], np.cumsum(counts)])
    known = len(counts)
    back = YEAR * (-(-(first + days - 1) // YEAR))
    begin = known + first - 1 - back
    ends = np.arange(known, back + days, -STEP)
    now, before = total[ends] - total[ends - days], total[ends - back] - total[ends - back - days]
    ratio = (now + SMALL) / (before + SMALL) if len(ends) else np.ones(1)
    expected = (total[begin + days] - total[begin] + SMALL) * rng.choice(ratio, size)
    drawn: Floats = rng.poisson(expected).astype(np.float64)
    return drawn


def level_times_season(
    counts: Ints, dates: pd.DatetimeIndex, first: int, days: int, rng: np.random.Generator, size: int
) -> Floats:
    """Exponentially smoothed level × month factors, times a past ratio of what came to what this rule had said."""
    ahead = pd.date_range(dates[-1] + pd.Timedelta(days=1), periods=first + days - 1)
    month = np.concatenate([dates.month.to_numpy(), ahead.month.to_numpy()]) - 1
    known = len(counts)
    factor = _month_factors(counts, month[:known])
    season = factor[month]
    keep = 0.5 ** (1 / HALF_LIFE)
    weight = keep ** np.arange(known)
    level = np.convolve(counts, weight)[:known] / np.maximum(np.convolve(season[:known], weight)[:known], 1e-6)
    sums = np.concatenate([[0.0], np.cumsum(season)])
    total = np.concatenate([[0], np.cumsum(counts)])
    origins = np.arange(known - first - days, YEAR // 2, -STEP)
    begin = origins + first
    said = level[origins] * (sums[begin + days] - sums[begin])
    ratio = (total[begin + days] - total[begin] + SMALL) / (said + SMALL) if len(origins) else np.ones(1)
    now = level[-1] * (sums[known + first - 1 + days] - sums[known + first - 1])
    drawn: Floats = rng.poisson((now + SMALL) * rng.choice(ratio, size)).astype(np.float64)
    return drawn


def _month_factors(counts: Ints, month: Ints) -> Floats:
    """Requests of a day of each month against an average day, drawn to 1 by a fortnight of average days."""
    mean = counts.mean()
    days = np.bincount(month, minlength=12)
    sums = np.bincount(month, weights=counts, minlength=12)
    factor: Floats = (sums + 14 * mean) / (np.maximum(days + 14, 1) * max(mean, 1e-9))
    return factor
