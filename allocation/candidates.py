"""The simple roster is in the race: what is published is what costs least when the dispatch rule is simulated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.capacity import present
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, late_cost
from allocation.solve import CLOSING_DAYS, Roster
from allocation.value import crewing_of
from domain.panel import Floats


@dataclass(frozen=True)
class Choice:
    """The roster to publish, its crews as they come on each draw, and the simulated money of both candidates."""

    roster: Roster
    crewing: Crewing
    solved_cost: float
    simple_cost: float


def choose_roster(
    dense: Dense,
    solved: Roster,
    held: Counts,
    duty: Bools,
    opening: Floats,
    arrivals: Floats,
    weight: Floats,
    seed: int,
    pace: Floats | None = None,
) -> Choice:
    """The solver's roster, or every crew on its longest shift where that costs less over all draws.

    Cost: late days, `CLOSING_DAYS` more for what is late at the end, and overtime. The verdict is added to the
    roster's `entry.status`.
    """
    standing_by = present(dense, held, duty, seed, "held")
    simple = longest_shift(dense, held)
    found = []
    for crews, hours in ((solved.crews, solved.overtime_hours), (simple, np.zeros(simple.shape))):
        crewing = crewing_of(dense, present(dense, crews, duty, seed, "regular"), standing_by, crews, hours, pace)
        late = late_cost(dense, crewing, opening, arrivals, 0, closing_days=CLOSING_DAYS)
        found.append((crewing, float(late @ weight) + overtime_cost(dense, hours)))
    (crewing, solved_cost), (plain, simple_cost) = found
    told = f"simulated cost {solved_cost:,.0f} against {simple_cost:,.0f} for every crew on its longest shift"
    if solved_cost <= simple_cost:
        entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}"})
        return Choice(replace(solved, entry=entry), crewing, solved_cost, simple_cost)
    entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}, which is published"})
    return Choice(Roster(simple, np.zeros(simple.shape), entry), plain, solved_cost, simple_cost)


def longest_shift(dense: Dense, held: Counts) -> Counts:
    """Every crew that is not held ready on the yard's longest shift of the day (ties: the first), (H, N, Y, K)."""
    crews = np.zeros(held.shape, dtype=np.int64)
    free = np.maximum(dense.available - held.sum(axis=1), 0)
    length = np.where(dense.worked, dense.minutes[None, :, None], -1.0)
    for h, y in np.argwhere(dense.worked.any(axis=1)):
        crews[h, length[h, :, y].argmax(), y] = free[h, y]
    return crews


def overtime_cost(dense: Dense, hours: Floats) -> float:
    """Money of overtime hours (H, N, Y, K)."""
    rate = np.array([t.cost_per_hour * t.overtime_factor for t in dense.problem.crew_types])
    return float((hours * rate).sum())
