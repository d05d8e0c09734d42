"""Whether whole rosters keep the rules on crews' time and machines, checked by the constraints' own rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allocation.constraints import Columns, Rows, columns
from allocation.dense import Counts
from allocation.rule_constraints import equipment_within_number, rest_between_shifts
from allocation.surrogate import Surrogate
from allocation.week_constraints import hours_within_longest_week, shifts_within_longest_week
from domain.panel import Floats

RULES: tuple[Callable[[Surrogate, Columns], Rows], ...] = (
    rest_between_shifts,
    hours_within_longest_week,
    shifts_within_longest_week,
    equipment_within_number,
)
TOLERANCE = 0.02
"""Overtime is rounded to 0.01 h."""


def broken_rules(s: Surrogate, crews: Counts, hours: Floats) -> tuple[str, ...]:
    """Names of the rules that crews and overtime hours, (H, N, Y, K) each, break."""
    c = columns(s)
    _, h, y, k = s.source.T
    values = np.zeros(c.size)
    values[c.crews], values[c.overtime] = crews[h, s.shift, y, k], hours[h, s.shift, y, k]
    return tuple(rule.__name__ for rule in RULES if not _holds(rule(s, c), values))


def filled(s: Surrogate, crews: Counts, hours: Floats) -> Counts:
    """The roster with own crews that the solver's gap left without a shift on the longest, as they are paid anyway.

    Where a rule limits crews' time or machines, or a lock the slot, only as far as it holds.
    """
    whole = crews.copy()
    c = columns(s)
    rows = [block for block in (rule(s, c) for rule in RULES) if len(block.lower)]
    left = s.crews_left - whole.sum(axis=1)
    left[:, :, s.hired] = 0
    for r in np.lexsort((s.shift, -s.crew_cost)):
        _, h, y, k = s.source[r]
        slot = (h, s.shift[r], y, k)
        while (spare := min(left[h, y, k], s.high[r] - whole[slot])) > 0:
            more = whole.copy()
            more[slot] += 1 if rows else spare
            if rows and broken_rules(s, more, hours):
                break
            left[h, y, k] -= more[slot] - whole[slot]
            whole = more
    return whole


def _holds(rows: Rows, values: Floats) -> bool:
    total = np.bincount(rows.row, rows.value * values[rows.column], minlength=len(rows.lower))
    return bool(((total >= rows.lower - TOLERANCE) & (total <= rows.upper + TOLERANCE)).all())
