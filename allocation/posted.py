"""A calm plan: the last vintage's roster, what it costs to leave it, and the same roster on today's crews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.problem import Posted, Problem
from domain.lock import Lock
from domain.panel import Floats

if TYPE_CHECKING:
    from allocation.dense import Counts, Dense

POSTED_FACTOR = 3.0
"""A change within the posting days costs so many times one after them: people have read that roster."""


def with_posted(problem: Problem, roster: pd.DataFrame | None) -> Problem:
    """The problem with the last vintage's `roster` (columns of `domain.tables.ROSTER`); None: there is none."""
    if roster is None:
        return problem
    known = roster.assign(crews=roster["crews"] + roster["on_readiness"])
    days = [pd.Timestamp(d) for d in problem.dates]
    wide = known.pivot_table(index=["yard", "shift", "crew_type"], columns="date", values="crews", aggfunc="sum")
    wide = wide.reindex(columns=days)
    there = {(e.yard, e.crew_type) for e in problem.stationed}
    shifts = {(y.name, s) for y in problem.yards for s in y.shifts}
    posted = tuple(
        Posted(yard=y, shift=s, crew_type=k, crews=tuple(None if np.isnan(v) else int(v) for v in row))
        for (y, s, k), row in zip(wide.index, wide.to_numpy(dtype=float), strict=True)
        if (y, k) in there and (y, s) in shifts and not np.isnan(row).all()
    )
    return problem.model_copy(update={"posted": posted})


def without_posted(problem: Problem, locks: Iterable[Lock]) -> Problem:
    """The problem with no last roster for a lock's crew type at its yard on its day, over all shifts: a roster made
    under the lock would keep it where changes cost something."""
    freed = {(lock.date, lock.yard, lock.crew_type) for lock in locks}
    posted = tuple(
        entry.model_copy(
            update={
                "crews": tuple(
                    None if (day, entry.yard, entry.crew_type) in freed else crews
                    for day, crews in zip(problem.dates, entry.crews, strict=True)
                )
            }
        )
        for entry in problem.posted
    )
    return problem.model_copy(update={"posted": posted})


def posted_crews(problem: Problem) -> Floats:
    """Crews of the last roster, (H, N, Y, K); NaN where it has none."""
    shifts, yards = [s.name for s in problem.shifts], [y.name for y in problem.yards]
    types = [t.name for t in problem.crew_types]
    crews = np.full((len(problem.dates), len(shifts), len(yards), len(types)), np.nan)
    for entry in problem.posted:
        at = (shifts.index(entry.shift), yards.index(entry.yard), types.index(entry.crew_type))
        crews[(slice(None), *at)] = [np.nan if c is None else c for c in entry.crews]
    return crews


def change_prices(problem: Problem) -> Floats:
    """Money a crew and slot that differs from the last roster, (H,)."""
    early = np.arange(len(problem.dates)) < problem.change.posting_days
    prices: Floats = problem.change.cost * np.where(early, POSTED_FACTOR, 1.0)
    return prices


def is_calm(dense: Dense) -> bool:
    """Whether there is a last roster that costs something to leave."""
    return bool((~np.isnan(dense.posted)).any() and (dense.change_price > 0).any())


def changes(dense: Dense, crews: Counts, held: Counts) -> Floats:
    """Crews by which each slot differs from the last roster, held ready or not, (H, N, Y, K); 0 where it had none."""
    apart: Floats = np.abs(np.nan_to_num(crews + held - dense.posted, nan=0.0))
    return apart


def change_cost(dense: Dense, crews: Counts, held: Counts) -> float:
    """Money of all changes against the last roster."""
    return float(changes(dense, crews, held).sum(axis=(1, 2, 3)) @ dense.change_price)


def kept_bounds(dense: Dense, held: Counts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds that hold regular crews to the last roster, (H, N, Y, K) each.

    Locks and crews now held ready go first; what no longer fits is cut from the last shift on; crews that the last
    roster did not have may go anywhere.
    """
    low, high = dense.low.copy(), dense.high.copy()
    for h in range(len(low)):
        wish = np.clip(np.nan_to_num(dense.posted[h] - held[h]), dense.low[h], dense.high[h]).astype(np.int64)
        known = ~np.isnan(dense.posted[h])
        left = dense.available[h] - held[h].sum(axis=0) - dense.low[h].sum(axis=0)
        for n in range(len(wish)):
            extra = np.minimum(wish[n] - dense.low[h, n], np.maximum(left, 0))
            wish[n] = dense.low[h, n] + extra
            left = left - extra
        low[h] = np.where(known, wish, low[h])
        high[h] = np.where(known, np.minimum(wish + np.maximum(left, 0), high[h]), high[h])
    return low, high
