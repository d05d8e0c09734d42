"""Whether whole rosters keep the rules on crews' time and machines, checked by the constraints' own rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from allocation.constraints import Columns, Rows, columns
from allocation.dense import Counts
from allocation.roster_cost import min_hours
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
SPECK = 1e-6


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


def fitted_overtime(s: Surrogate, crews: Counts, hours: Floats) -> Floats:
    """Of overtime hours (H, N, Y, K) as many as the rules on crews' time hold: given hour by hour, in turn to every
    slot that still wants some, and left out only where it would break a rule."""
    c = columns(s)
    rows = [rule(s, c) for rule in RULES]
    _, h, y, k = s.source.T
    slot = h, s.shift, y, k
    values = np.zeros(c.size)
    values[c.crews] = crews[slot]
    matrix = vstack([coo_array((r.value, (r.row, r.column)), shape=(len(r.lower), c.size)) for r in rows]).tocsc()
    room = np.concatenate([r.upper for r in rows]) - matrix @ values
    wanted = hours[slot].copy()
    given = _in_turn(matrix[:, c.overtime], room, wanted)
    is_useless = (given < wanted) & (given < min_hours(s.dense)[s.shift])  # paid for more than is worked
    fitted = np.zeros(hours.shape)
    fitted[slot] = np.where(is_useless, 0.0, given)
    return fitted


def _in_turn(matrix: csc_array, room: Floats, wanted: Floats) -> Floats:
    """Hours for each column of `matrix`, an hour at most in every turn, as far as `room` is left in its rows."""
    given, room = np.zeros(len(wanted)), room.copy()
    of = [slice(matrix.indptr[r], matrix.indptr[r + 1]) for r in range(len(wanted))]
    waiting = np.flatnonzero(wanted > 0)
    while len(waiting):
        for r in waiting:
            at = matrix.indices[of[r]]
            more = max(min(1.0, wanted[r] - given[r], float(room[at].min(initial=np.inf))), 0.0)
            given[r] += more
            room[at] -= more * matrix.data[of[r]]
        left = np.array([room[matrix.indices[of[r]]].min(initial=np.inf) for r in waiting])
        waiting = waiting[(wanted - given > SPECK)[waiting] & (left > SPECK)]
    return given


def _holds(rows: Rows, values: Floats) -> bool:
    total = np.bincount(rows.row, rows.value * values[rows.column], minlength=len(rows.lower))
    return bool(((total >= rows.lower - TOLERANCE) & (total <= rows.upper + TOLERANCE)).all())
