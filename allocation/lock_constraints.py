"""Locks as rows, one constraint each. The solver takes them as bounds of the crews' columns; as rows they can be named
and loosened where no roster keeps them."""

from __future__ import annotations

import numpy as np

from allocation.constraints import Columns, Rows
from allocation.single_rows import stacked
from allocation.surrogate import Surrogate

LOCK = "lock "


def locks_kept(s: Surrogate, c: Columns) -> dict[str, Rows]:
    """Name -> the row of a lock: its slot's crews on regular work, from its fewest to its most."""
    problem = s.dense.problem
    shifts, yards = [x.name for x in problem.shifts], [y.name for y in problem.yards]
    types = [t.name for t in problem.crew_types]
    rows = {}
    for lock in problem.locks:
        slot = problem.dates.index(lock.date), yards.index(lock.yard), types.index(lock.crew_type)
        at = np.flatnonzero((s.source[:, 1:4] == slot).all(axis=1) & (s.shift == shifts.index(lock.shift)))
        high = np.inf if lock.high is None else float(lock.high)
        if len(at):
            rows[f"{LOCK}{lock}"] = stacked([(c.crews[at], np.ones(len(at)), float(lock.low), high)])
    return rows
