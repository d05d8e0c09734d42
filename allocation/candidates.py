"""The simple roster is in the race: what is published is what costs least when the dispatch rule is simulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocation.capacity import present
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, late_cost
from allocation.roster_cost import contract_money, is_hired, overtime_money
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
    broken: Callable[[Counts, Floats], tuple[str, ...]] | None = None,
) -> Choice:
    """The solver's roster, or every crew on its longest shift where that costs less over all draws.

    Cost: late days, `CLOSING_DAYS` more for what is late at the end, overtime and contractors. The verdict is added to
    the roster's `entry.status`. pace: (H, K, J, S) what weather lets crews do. broken: names the rules that crews and
    overtime hours break; a simple roster that breaks any is no candidate.
    """
    standing_by = present(dense, held, duty, seed, "held")
    simple = longest_shift(dense, held)
    found = []
    for crews, hours in ((solved.crews, solved.overtime_hours), (simple, np.zeros(simple.shape))):
        crewing = crewing_of(dense, present(dense, crews, duty, seed, "regular"), standing_by, crews, hours, pace)
        late = late_cost(dense, crewing, opening, arrivals, 0, closing_days=CLOSING_DAYS)
        found.append((crewing, float(late @ weight) + overtime_money(dense, hours) + contract_money(dense, crews)))
    (crewing, solved_cost), (plain, simple_cost) = found
    if broken is not None and (rules := broken(simple, np.zeros(simple.shape))):
        told = f"every crew on its longest shift is no choice: it breaks {', '.join(rules)}"
        entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}"})
        return Choice(replace(solved, entry=entry), crewing, solved_cost, simple_cost)
    told = f"simulated cost {solved_cost:,.0f} against {simple_cost:,.0f} for every crew on its longest shift"
    if solved_cost <= simple_cost:
        entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}"})
        return Choice(replace(solved, entry=entry), crewing, solved_cost, simple_cost)
    entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}, which is published"})
    return Choice(Roster(simple, np.zeros(simple.shape), entry), plain, solved_cost, simple_cost)


def longest_shift(dense: Dense, held: Counts) -> Counts:
    """Every own crew not held ready on the yard's longest shift of the day (ties: the first), (H, N, Y, K)."""
    crews = np.zeros(held.shape, dtype=np.int64)
    free = np.maximum(dense.available - held.sum(axis=1), 0)
    free[:, :, is_hired(dense)] = 0
    length = np.where(dense.worked, dense.minutes[None, :, None], -1.0)
    for h, y in np.argwhere(dense.worked.any(axis=1)):
        crews[h, length[h, :, y].argmax(), y] = free[h, y]
    return crews
