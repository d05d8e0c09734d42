"""Whether a whole roster keeps every constraint on crews and overtime, checked by the solver's own rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allocation.constraints import Columns, Rows, columns, crews_within_availability, overtime_within_limit
from allocation.dense import Counts
from allocation.roster_rules import RULES, TOLERANCE
from allocation.rule_constraints import contractors_as_ordered, overtime_in_paid_blocks, smallest_orders_kept
from allocation.surrogate import Surrogate
from domain.panel import Floats

Allowed = Callable[[Counts, Floats], bool]
"""Whether crews and overtime hours, (H, N, Y, K) each, may be published."""

ON_THE_ROSTER: tuple[Callable[[Surrogate, Columns], Rows], ...] = (
    crews_within_availability,
    overtime_within_limit,
    *RULES,
    overtime_in_paid_blocks,
    contractors_as_ordered,
    smallest_orders_kept,
)
"""The constraints that look at crews and overtime alone."""


def checker(s: Surrogate) -> Allowed:
    """A function that says whether a roster keeps locks and every constraint of ON_THE_ROSTER."""
    c = columns(s)
    blocks = [rows for rows in (rule(s, c) for rule in ON_THE_ROSTER) if len(rows.lower)]
    _, h, y, k = s.source.T

    def allowed(crews: Counts, hours: Floats) -> bool:
        placed, worked = crews[h, s.shift, y, k], hours[h, s.shift, y, k]
        if placed.sum() != crews.sum() or (placed < s.low).any() or (placed > s.high).any():
            return False
        values = np.zeros(c.size)
        values[c.crews], values[c.overtime] = placed, worked
        if c.called.size:
            values[c.called] = np.ceil(np.divide(worked, s.over / 60, out=np.zeros(len(worked)), where=s.over > 0))
        for i, hired in enumerate(s.hired):
            values[c.hired[i]] = bool((placed[k == hired] > 0).any())
        return all(_holds(rows, values) for rows in blocks)

    return allowed


def _holds(rows: Rows, values: Floats) -> bool:
    total = np.bincount(rows.row, rows.value * values[rows.column], minlength=len(rows.lower))
    return bool(((total >= rows.lower - TOLERANCE) & (total <= rows.upper + TOLERANCE)).all())
