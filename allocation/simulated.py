"""What a plan costs and leaves late when the dispatch rule is simulated over its draws: what plans are compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.candidates import Choice
from allocation.dense import Dense
from allocation.dispatch import Outcome
from allocation.readiness import Readiness
from allocation.roster_cost import regular_wages
from domain.panel import Floats


@dataclass(frozen=True)
class Simulated:
    """Expected money over the planned dates, and lateness by category.

    dispatch: late days, more for what is late at the end, and overtime. readiness: levels held and requests missed
    beyond them. change: price of changes against the last roster. late_days: category -> jobs × days late;
    late_at_end: category -> jobs late when the last date ends; both hold those that crews cannot begin on yet, which
    are no part of cost. waiting_days: category -> jobs × days late of these alone. regular_wages: of all own crews, the
    same for every roster of the same crews, no part of cost either.
    """

    dispatch: float
    readiness: float
    change: float
    late_days: dict[str, float]
    late_at_end: dict[str, float]
    waiting_days: dict[str, float]
    regular_wages: float

    @property
    def cost(self) -> float:
        """Money without the price of changes: what differs between plans for the same city on the same draws."""
        return self.dispatch + self.readiness


def simulated(dense: Dense, chosen: Choice, ready: Readiness, outcome: Outcome, weight: Floats) -> Simulated:
    """The published roster's figures. weight: (S,), sums to 1."""
    late = outcome.late_all.sum(axis=1) @ weight
    names = [w.category for w in dense.work]
    waiting = np.zeros_like(late) if outcome.waiting is None else outcome.waiting.late.sum(axis=1) @ weight
    return Simulated(
        dispatch=chosen.cost,
        readiness=ready.expected_cost,
        change=chosen.change,
        late_days={name: float(late[j].sum()) for j, name in enumerate(names)},
        late_at_end={name: float(late[j, -1]) for j, name in enumerate(names)},
        waiting_days={name: float(waiting[j].sum()) for j, name in enumerate(names)},
        regular_wages=regular_wages(dense),
    )
