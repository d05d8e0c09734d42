"""Locks as rows, one constraint each, and orders that run on. The solver takes them as bounds of the crews' columns; as
rows they can be named and loosened where no roster keeps them."""

from __future__ import annotations

from datetime import date

import numpy as np

from allocation.constraints import Columns, Rows, place
from allocation.orders import firm_slots
from allocation.single_rows import stacked
from allocation.surrogate import Surrogate

LOCK = "lock "


def locks_kept(s: Surrogate, c: Columns) -> dict[str, Rows]:
    """Name -> the row of a lock: its slot's crews on regular work, from its fewest to its most; and the rows of the
    contractors' crews that come as ordered."""
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
    return rows | _orders_kept(s, c)


def _orders_kept(s: Surrogate, c: Columns) -> dict[str, Rows]:
    ordered = firm_slots(s.dense.problem)
    if not ordered:
        return {}
    at = [r for r in range(len(s.source)) if (slot := _named(s, r)) in ordered and s.low[r] == ordered[slot]]
    rows = [(c.crews[[r]], np.ones(1), float(s.low[r]), np.inf) for r in at]
    labels = tuple(place(s, *s.source[r, 1:4]) for r in at)
    return {"orders_kept": stacked(rows, labels)} if rows else {}


def _named(s: Surrogate, r: int) -> tuple[date, str, str, str]:
    """Date, shift, yard and crew type of a source."""
    problem, (_, h, y, k) = s.dense.problem, s.source[r]
    return problem.dates[h], problem.shifts[s.shift[r]].name, problem.yards[y].name, problem.crew_types[k].name
