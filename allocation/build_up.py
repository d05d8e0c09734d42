"""What each assignment adds when the plan is built up in a stated order, so that the increments sum to the objective.

Order: by date, then shift, yard and crew type as the problem lists them. Each slot's crews are added to all those
before it and the dispatch rule is run again to the end of the plan. Increments depend on the order, and the first ones
flatter: they are no leave-one-out values (`allocation.value`), which are each taken alone and do not sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.dense import Counts, Dense
from allocation.dispatch import Crewing, Outcome, late_cost
from allocation.dispatch_rule import Run
from allocation.reduction import Reduced
from allocation.value import FEWEST_DRAWS, WORK, groups, take, tiled_pace
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats


@dataclass(frozen=True)
class BuildUp:
    """slots: (M, 4) date, shift, yard, type in the order they are added. increment: (M,) money each saves, its own
    overtime taken off. nothing, whole: simulated money with no crews and with all: nothing − whole = sum of increments.
    """

    slots: Counts
    increment: Floats
    nothing: float
    whole: float

    def with_missed(self, avoided: Floats) -> BuildUp:
        """The same where each slot also avoids money of missed events, (M,), as `allocation.missed_events` has it in
        this order; what is missed with all crews held is in neither end."""
        return replace(self, increment=self.increment + avoided, nothing=self.nothing + float(avoided.sum()))


def build_up(dense: Dense, crewing: Crewing, paid: Floats, opening: Floats, arrivals: Floats, kept: Reduced) -> BuildUp:
    """Increments on the draws of `kept`. paid: (H, N, Y, K) money of each slot beside regular wages, as from
    `allocation.roster_cost.paid_by_slot`; others as in `allocation.value.avoided`."""
    slots = np.argwhere((crewing.regular[..., kept.index] + crewing.held[..., kept.index]).any(axis=-1))
    increment, nothing = -paid[tuple(slots.T)], 0.0
    for index, weight in groups(kept):
        part, filed = take(crewing, index), arrivals[..., index]
        start = opening[..., index] if opening.ndim == 4 else opening
        nobody = _Nobody(dense, start, filed, weight)
        increment = increment + _increments(nobody, part, slots, start, filed, weight)
        nothing += nobody.whole
    return BuildUp(slots, increment, nothing, nothing - float(increment.sum()))


def affordable_build_up(dense: Dense, outcome: Outcome) -> int:
    """On how many draws the budget of `allocation.value` lets the plan be built up: each prefix is played for a day."""
    busy = outcome.minutes.any(axis=(4, 5)).sum(axis=(1, 2, 3))
    each = int((busy + 1).sum()) * len(dense.work) * len(dense.problem.areas)
    return max(WORK // max(each, 1), FEWEST_DRAWS)


class _Nobody:
    """What lateness costs when no crew comes: whole from the first date, and of what is open at the end of a date."""

    def __init__(self, dense: Dense, opening: Floats, filed: Floats, weight: Floats) -> None:
        self.dense, self.dates = dense, len(dense.problem.dates)
        shape = (*dense.worked.shape, dense.available.shape[2], len(weight))
        none = Crewing(np.zeros(shape), np.zeros(shape))
        self.whole = float(late_cost(dense, none, opening, filed, 0, is_closed=True) @ weight)

    def of_open(self, jobs: Floats, h: int) -> Floats:
        """Money from the end of date h on of the jobs (J, A, B, S) open then, the closing days included, (S,)."""
        ends = OVERDUE_BUCKETS + 1 + np.arange(h + 1, self.dates)
        days = (np.arange(jobs.shape[2])[:, None] < ends).sum(axis=1)
        days = days + self.dense.closing_days * (np.arange(jobs.shape[2]) < OVERDUE_BUCKETS + self.dates)
        money: Floats = np.einsum("j,b,jbs->s", self.dense.late_cost, days, jobs.sum(axis=1))
        return money


def _increments(
    nobody: _Nobody, part: Crewing, slots: Counts, opening: Floats, filed: Floats, weight: Floats
) -> Floats:
    """Money of lateness that each slot saves after those before it, (M,)."""
    run = Run(nobody.dense, part, opening, filed, None, 0, False)
    saved = [np.zeros(0)]
    for h in range(nobody.dates):
        mine = slots[slots[:, 0] == h]
        if len(mine):
            saved.append(-np.diff(_prefixes(nobody, part, mine, run.open, filed, weight)))
        run.day(h)
    return np.concatenate(saved)


def _prefixes(nobody: _Nobody, part: Crewing, mine: Counts, opening: Floats, filed: Floats, weight: Floats) -> Floats:
    """Money of what is open when their date begins or filed on it, with none of these slots, the first, the first two,
    …, and nobody later, (m + 1,)."""
    h, many = int(mine[0, 0]), len(mine) + 1
    run = Run(nobody.dense, _first_slots(part, mine), opening, filed, None, 0, False)
    run.day(h)
    money: Floats = (run.cost + nobody.of_open(run.open, h)).reshape(many, -1) @ weight
    return money


def _first_slots(part: Crewing, mine: Counts) -> Crewing:
    """A block of draws with none of these slots, one with the first, one with the first two, …"""
    many, draws = len(mine) + 1, part.regular.shape[-1]
    shape = (*part.regular.shape[:-1], many * draws)
    crewing = Crewing(np.zeros(shape), np.zeros(shape), tiled_pace(part, many))
    for i, slot in enumerate(mine):
        at = (*slot, slice((i + 1) * draws, None))
        crewing.regular[at] = np.tile(part.regular[tuple(slot)], many - 1 - i)
        crewing.held[at] = np.tile(part.held[tuple(slot)], many - 1 - i)
    return crewing
