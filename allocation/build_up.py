"""What each assignment adds when the plan is built up in a stated order, so that the increments sum to the objective.

Order: by date, then shift, yard and crew type as the problem lists them. Each slot's crews are added to all those
before it and the dispatch rule is run again to the end of the plan. Increments depend on the order, and the first ones
flatter: they are no leave-one-out values (`allocation.value`), which are each taken alone and do not sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.dense import Counts, Dense
from allocation.dispatch import Crewing, late_cost, simulate
from allocation.reduction import Reduced
from allocation.value import take, tiled_pace
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
    `allocation.roster_cost.paid_by_slot`; others as in `leave_one_out`."""
    part = take(crewing, kept.index)
    filed = arrivals[..., kept.index]
    start = opening[..., kept.index] if opening.ndim == 4 else opening
    slots = np.argwhere((part.regular + part.held).any(axis=-1))
    base = simulate(dense, part, start, filed, kept.weight, keep_starts=True)
    assert base.starts is not None
    past = np.cumsum(np.einsum("j,jahs,s->h", dense.late_cost, base.late, kept.weight))
    saved, ends = [], [_nobody(dense, part, start, filed, kept.weight)]
    for h in range(len(dense.problem.dates)):
        mine = slots[slots[:, 0] == h]
        if len(mine):
            cost = (past[h - 1] if h else 0.0) + _prefixes(dense, part, h, mine, base.starts[h], filed, kept.weight)
            saved.append(-np.diff(cost))
            ends.append(float(cost[-1]))
    increment = np.concatenate([np.zeros(0), *saved]) - paid[tuple(slots.T)]
    return BuildUp(slots, increment, ends[0], ends[-1] + float(paid.sum()))


def _nobody(dense: Dense, part: Crewing, start: Floats, filed: Floats, weight: Floats) -> float:
    none = Crewing(np.zeros_like(part.regular), np.zeros_like(part.held), part.pace)
    return float(late_cost(dense, none, start, filed, 0, is_closed=True) @ weight)


def _prefixes(
    dense: Dense, part: Crewing, h: int, mine: Counts, opening: Floats, filed: Floats, weight: Floats
) -> Floats:
    """Money from date h on with none of its slots, the first, the first two, …, and nobody later, (m + 1,)."""
    many, draws = len(mine) + 1, len(weight)
    regular, held = (np.zeros((*block.shape[:-1], many * draws)) for block in (part.regular, part.held))
    crewing = Crewing(regular, held, tiled_pace(part, many))
    for i, (_, n, y, k) in enumerate(mine):
        for target, source in ((crewing.regular, part.regular), (crewing.held, part.held)):
            target[h, n, y, k, (i + 1) * draws :] = np.tile(source[h, n, y, k], many - 1 - i)
    late = late_cost(dense, crewing, np.tile(opening, many), np.tile(filed, many), h, is_closed=True)
    money: Floats = late.reshape(many, draws) @ weight
    return money
