"""What is fitted to the record before the window: how long requests wait before crews can begin, and the crews' pace.

A record shows days from filing to closing; what a replay adds to the wait is the queue for crews. So a category's waits
are what is missing between the two, quantile by quantile: replayed, compared, and corrected a few times. The pace is
how much of a category's work crews get done against the minutes of the city's YAML, one of few figures: for a queue as
far as minutes and conversion are doubted anyway, for events more, as cities call crews of other work to a flood. Crews
who differ more from those who worked are not corrected, and fail the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from allocation.dense import Counts
from allocation.evaluate.closing import closed_by, quantiles
from allocation.problem import WorkRule
from allocation.waits import Waits, Weekmask, working_days
from domain.panel import Floats

QUEUE_PACES = (1.0, 0.7, 1.4)
EVENT_PACES = (1.0, 2.0, 4.0, 8.0)
SHARES = (np.arange(40) + 0.5) / 40
"""Of the requests of a category, at which days are compared; each stands for a fortieth of them."""
LONGEST_DAYS = 365.0
ROUNDS = 3
"""Corrections of the waits."""
QUIET_DAYS = 2.0
FEWEST = 100
"""Recorded requests below which nothing is fitted to a category: quantiles of fewer are chance."""
SPAN_DAYS = 28
FOLLOWED = np.arange(29.0)
"""Days after filing over which recorded and replayed shares closed are compared."""


@dataclass(frozen=True)
class Fitted:
    """pace: by category; waits: None where crews can begin at once. stated: categories whose waits are not fitted, but
    those that the YAML states."""

    pace: Mapping[str, float]
    waits: Waits | None = None
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Waiting:
    """Weekdays of every category's crews, and the stated waits, which are replayed as they stand."""

    masks: Mapping[str, Weekmask]
    stated: Mapping[str, Mapping[int, float]]

    def waits(self, days: Mapping[str, Floats]) -> Waits | None:
        """days: by category and SHARES."""
        rows = {c: self.stated.get(c) or _counted(d) for c, d in days.items()}
        width = max(max(row) for row in rows.values()) + 1
        if width == 1:
            return None
        shares = np.array([[row.get(day, 0.0) for day in range(width)] for row in rows.values()])
        return Waits(shares, tuple(self.masks.values()))


ReplayWith = Callable[[Fitted], pd.DataFrame]
"""What a replay with this gives over the days of the fit, rows of `closing`."""


def fit(recorded: pd.DataFrame, work: Sequence[WorkRule], weekmask: Sequence[Weekmask], replay: ReplayWith) -> Fitted:
    """Waits, where the YAML states none, and pace of `work`, event work first: its crews come off regular work.
    recorded: rows of `closing`."""
    counts = recorded["category"].value_counts()
    told = recorded[recorded["category"].map(counts) >= FEWEST]
    masks = {w.category: w.waits.weekdays if w.waits else mask for w, mask in zip(work, weekmask, strict=True)}
    waiting = _Waiting(masks, {w.category: _whole(w.waits.days) for w in work if w.waits})
    first = Fitted(dict.fromkeys(masks, 1.0), stated=frozenset(waiting.stated))
    best = _with_waits(told, waiting, first, replay)
    for one in sorted(work, key=lambda w: w.kind != "event"):
        if (told["category"] == one.category).any():
            paces = EVENT_PACES if one.kind == "event" else QUEUE_PACES
            tried = [replace(best, pace={**best.pace, one.category: pace}) for pace in paces]
            best = min(tried, key=lambda f: distance(told, replay(f), one.category))
    return _with_waits(told, waiting, best, replay)


def _with_waits(recorded: pd.DataFrame, waiting: _Waiting, fitted: Fitted, replay: ReplayWith) -> Fitted:
    """The same pace with the waits that bring the replay to the record, on days that left crews no long queue."""
    masks = waiting.masks
    days = {c: np.zeros(len(SHARES)) for c in masks}
    rows = replay(replace(fitted, waits=waiting.waits(days)))
    quiet = {
        c: _quiet(rows[rows["category"] == c], recorded[recorded["category"] == c], masks[c])
        for c in masks
        if c not in waiting.stated
    }
    for more in reversed(range(ROUNDS)):
        for c, filed in quiet.items():
            missing = _days(recorded, c, filed, masks[c]) - _days(rows, c, filed, masks[c])
            days[c] = np.maximum.accumulate(np.clip(days[c] + missing, 0, LONGEST_DAYS))
        fitted = replace(fitted, waits=waiting.waits(days))
        rows = replay(fitted) if more else rows
    return fitted


def _quiet(replayed: pd.DataFrame, recorded: pd.DataFrame, mask: Weekmask) -> Counts:
    """Days filed on which the replayed crews were soon there: QUIET_DAYS working days in the mean; all where those hold
    too few recorded requests."""
    filed = replayed["filed"].to_numpy(np.int64)
    took = working_days(filed, replayed["closed"].to_numpy(np.int64), mask) * replayed["weight"]
    mean = took.groupby(filed).sum() / replayed["weight"].groupby(filed).sum()
    found: Counts = mean.index[mean <= QUIET_DAYS].to_numpy(np.int64)
    return found if recorded["filed"].isin(found).sum() >= FEWEST else np.unique(recorded["filed"].to_numpy(np.int64))


def _days(rows: pd.DataFrame, category: str, on: Counts, mask: Weekmask) -> Floats:
    """Working days by SHARES of what was filed on these days; what is not seen to close takes the longest; none where
    nothing was filed."""
    own = rows[(rows["category"] == category) & rows["filed"].isin(on)]
    if own.empty:
        return np.zeros(len(SHARES))
    filed = own["filed"].to_numpy(np.int64)
    days = working_days(filed, np.maximum(own["closed"].to_numpy(np.int64), filed), mask).astype(float)
    found = quantiles(days, own["is_censored"].to_numpy(bool), own["weight"].to_numpy(float), SHARES)
    return np.nan_to_num(found, nan=LONGEST_DAYS)


def _whole(days: Mapping[int, float]) -> dict[int, float]:
    """Shares of exactly one together; a YAML may be off by rounding."""
    return {day: share / sum(days.values()) for day, share in days.items()}


def _counted(days: Floats) -> Mapping[int, float]:
    """Shares of the requests by whole working days."""
    whole = np.round(days).astype(np.int64)
    found = np.bincount(whole) / len(whole)
    return {int(day): float(found[day]) for day in np.flatnonzero(found)}


def distance(recorded: pd.DataFrame, replayed: pd.DataFrame, category: str) -> float:
    """Mean absolute difference of the shares closed by each followed day, over spans of days filed, weighted by their
    recorded requests."""
    theirs, ours = (rows[rows["category"] == category] for rows in (recorded, replayed))
    span, our_span = theirs["filed"] // SPAN_DAYS, ours["filed"] // SPAN_DAYS
    apart = [
        len(part) * float(np.abs(closed_by(part, FOLLOWED) - closed_by(ours[our_span == at], FOLLOWED)).mean())
        for at, part in theirs.groupby(span)
        if (our_span == at).any()
    ]
    return sum(apart) / len(theirs)
