"""Stretches of days without any request: a gap in the data, a category that fell silent, or just a quiet town."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Ints

Spell = tuple[int, int]
"""Position of the first day, number of days."""

RARER_THAN_EVER = 2
"""A category is silent where it is so for this many times its longest earlier pause: rare work pauses often."""
RECENT_DAYS = 730
"""A gap that ended earlier than this before the origin no longer weighs on a forecast."""


def spells(requests: NDArray[np.integer], least: int) -> list[Spell]:
    """Stretches of `least` or more days without a request. requests: (T,) a day."""
    edges = np.concatenate([[-1], np.flatnonzero(requests), [len(requests)]])
    lengths = np.diff(edges) - 1
    return [(int(edges[i]) + 1, int(lengths[i])) for i in np.flatnonzero(lengths >= least)]


def silent_days(requests: NDArray[np.integer], least: int) -> int:
    """Days up to the last one on which a category that used to have requests had none; 0 where that is no wonder.

    All days where it never had any.
    """
    busy = np.flatnonzero(requests)
    if not len(busy):
        return len(requests)
    quiet = len(requests) - 1 - int(busy[-1])
    longest = int(np.diff(busy).max() - 1) if len(busy) > 1 else 0
    return quiet if quiet >= max(least, RARER_THAN_EVER * longest) else 0


def daily_totals(counts: pd.DataFrame, categories: Iterable[str], first: date, origin: date) -> Ints:
    """(C, T) requests a day of the whole city. counts: as `storage.demand.daily_counts`."""
    names, days = pd.Index(list(categories)), pd.date_range(first, origin, unit="us")
    at_category = names.get_indexer(pd.Index(counts["category"]))
    at_day = days.get_indexer(pd.DatetimeIndex(counts["date"]))
    inside = (at_category >= 0) & (at_day >= 0)
    totals: Ints = np.zeros((len(names), len(days)), dtype=np.int32)
    np.add.at(totals, (at_category[inside], at_day[inside]), counts["count"].to_numpy()[inside])
    return totals


def has_recent_gap(totals: Ints, least: int) -> bool:
    """Whether the whole city had such a stretch within RECENT_DAYS. totals: (C, T)."""
    recent = totals.sum(axis=0)[-RECENT_DAYS:]
    return bool(spells(recent, least))
