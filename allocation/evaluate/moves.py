"""The morning's move: crews go to the yard around which most is overdue, before the dispatch rule sends them out.

Crews of the types with the fewest skills move first. One at a time, a crew leaves the yard with least urgent work
(overdue or due by tomorrow) beyond what its crews can do that day for the yard with most, as long as that is at least
half a crew's shift and stays as much above what the move leaves behind. Looks at what is open in the morning and at
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts, Dense
from allocation.evaluate.window import longest_shift
from allocation.evaluate.workload import by_skills, mean_minutes, yard_of
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats

WORTH_MOVING = 0.5
"""Uncovered urgent work, in crew shifts, by which the yard that gets a crew must be ahead of the one that gives it."""


@dataclass(frozen=True)
class Morning:
    """crews, overtime_hours: (N, Y, K) after the moves. moved: crews that work from another yard than planned."""

    crews: Counts
    overtime_hours: Floats
    moved: int


def move_to_overdue(dense: Dense, crews: Counts, overtime_hours: Floats, opening: Floats) -> Morning:
    """crews, overtime_hours: (N, Y, K) of the dense problem's first date; opening: (J, A, B) that morning."""
    urgent = opening[:, :, : OVERDUE_BUCKETS + 2].sum(axis=2) * mean_minutes(dense, opening.sum(axis=2))
    yard, shift = yard_of(dense), longest_shift(dense, 0)
    need = np.stack([urgent[:, yard == y].sum(axis=1) for y in range(len(dense.drive))], axis=1)
    crews, hours, moved = crews.copy(), overtime_hours.copy(), 0
    for k in by_skills(dense):
        able = np.flatnonzero(dense.skilled[k])
        while (pair := _pair(dense, need[able].sum(axis=0), crews[..., k], shift, k)) is not None:
            _move(dense, crews, hours, k, *pair, int(shift[pair[1]]))
            moved += 1
        need = _left(dense, need, able, _minutes(dense, crews[..., k], k))
    return Morning(crews, hours, moved)


def _minutes(dense: Dense, crews: Counts, k: int) -> Floats:
    """Minutes of one type's crews by yard, (Y,)."""
    minutes: Floats = (crews * dense.net_minutes[:, k, None]).sum(axis=0)
    return minutes


def _pair(dense: Dense, need: Floats, crews: Counts, shift: Counts, k: int) -> tuple[int, int] | None:
    """(from, to) of the next move, or None."""
    have = _minutes(dense, crews, k)
    short = np.where(shift >= 0, need - have, -np.inf)
    to = int(np.argmax(np.round(short, 6)))
    one = float(dense.net_minutes[shift[to], k]) if shift[to] >= 0 else 0.0
    if one <= 0 or short[to] < WORTH_MOVING * one:
        return None
    behind = np.where(crews.sum(axis=0) > 0, need - have + one, np.inf)
    behind[to] = np.inf
    giver = int(np.argmin(np.round(behind, 6)))
    worth = short[to] - max(float(behind[giver]), 0.0) >= WORTH_MOVING * one
    return (giver, to) if np.isfinite(behind[giver]) and worth else None


def _move(dense: Dense, crews: Counts, hours: Floats, k: int, giver: int, to: int, shift: int) -> None:
    """One crew and its share of the overtime, within the limit of the shift it goes to."""
    n = int(np.argmax(np.where(crews[:, giver, k] > 0, dense.minutes, -1.0)))
    share = hours[n, giver, k] / crews[n, giver, k]
    hours[n, giver, k] -= share
    hours[shift, to, k] += min(share, float(dense.overtime_by_type[shift, k]) / 60)
    crews[n, giver, k] -= 1
    crews[shift, to, k] += 1


def _left(dense: Dense, need: Floats, able: Counts, minutes: Floats) -> Floats:
    """Urgent work by category and yard, (J, Y), after a type's crews did theirs, the dearest first."""
    need, have = need.copy(), minutes.copy()
    for j in sorted((int(j) for j in able), key=lambda j: -float(dense.late_cost[j])):
        used = np.minimum(need[j], have)
        need[j] -= used
        have = have - used
    return need
