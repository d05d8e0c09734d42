"""Rosters in the race: what is published is what costs least when the dispatch rule is simulated, changes included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocation.capacity import present
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, late_cost
from allocation.posted import change_cost, changes, is_calm
from allocation.roster_cost import contract_money, is_hired, overtime_money
from allocation.solve import CLOSING_DAYS, Roster
from allocation.value import crewing_of
from domain.panel import Floats


@dataclass(frozen=True)
class Choice:
    """The roster to publish, its crews as they come on each draw, and simulated money: of the solver's roster, of the
    simple one, and of the one that is published, without and with the price of its changes."""

    roster: Roster
    crewing: Crewing
    solved_cost: float
    simple_cost: float
    cost: float = 0.0
    change: float = 0.0


@dataclass(frozen=True)
class _Tried:
    """late: (S,) money by draw. cost: expected, overtime included."""

    roster: Roster
    crewing: Crewing
    late: Floats
    cost: float
    change: float

    @property
    def total(self) -> float:
        return self.cost + self.change


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
    kept: Roster | None = None,
) -> Choice:
    """The solver's roster, or every crew on its longest shift where that costs less over all draws.

    Cost: late days, `CLOSING_DAYS` more for what is late at the end, overtime, contractors and the price of changes
    against the last roster. The verdict is added to the roster's `entry.status`. pace: (H, K, J, S) what weather lets
    crews do. broken: names the rules that crews and overtime hours break; a simple roster that breaks any is no
    candidate. kept: the last roster on today's crews; it stays unless another saves more than the changes cost,
    `problem.change.gain`, and what the luck of the draws can explain (one standard error of the paired difference).
    """
    standing_by = present(dense, held, duty, seed, "held")

    def tried(roster: Roster) -> _Tried:
        crews, hours = roster.crews, roster.overtime_hours
        crewing = crewing_of(dense, present(dense, crews, duty, seed, "regular"), standing_by, crews, hours, pace)
        late = late_cost(dense, crewing, opening, arrivals, 0, closing_days=CLOSING_DAYS)
        cost = float(late @ weight) + overtime_money(dense, hours) + contract_money(dense, crews)
        return _Tried(roster, crewing, late, cost, change_cost(dense, crews, held))

    plain = longest_shift(dense, held)
    found, simple = tried(solved), tried(Roster(plain, np.zeros(plain.shape), solved.entry))
    if broken is not None and (rules := broken(plain, np.zeros(plain.shape))):
        best, told = found, f"every crew on its longest shift is no choice: it breaks {', '.join(rules)}"
    else:
        best = found if found.total <= simple.total else simple
        told = f"simulated cost {found.cost:,.0f} against {simple.cost:,.0f} for every crew on its longest shift"
        told += "" if best is found else ", which is published"
    if kept is not None and is_calm(dense) and not (broken is not None and broken(kept.crews, kept.overtime_hours)):
        best, verdict = _calmed(dense, best, tried(kept), held, weight)
        told += f"; {verdict}"
    entry = solved.entry.model_copy(update={"status": f"{solved.entry.status}; {told}"})
    return Choice(replace(best.roster, entry=entry), best.crewing, found.cost, simple.cost, best.cost, best.change)


def _calmed(dense: Dense, best: _Tried, calm: _Tried, held: Counts, weight: Floats) -> tuple[_Tried, str]:
    """The last roster unless leaving it pays, and why, in words."""
    apart = best.late - calm.late
    gain = calm.cost - best.cost
    luck = float(np.sqrt(weight**2 @ (apart - apart @ weight) ** 2))
    needed = max(best.change - calm.change, 0.0) + max(dense.problem.change.gain, luck)
    moved = changes(dense, best.roster.crews, held).sum()
    if gain > needed:
        return best, (
            f"it differs from the last roster by {moved:.0f} crew-shifts and saves {gain:,.0f} of simulated cost, "
            f"more than the {needed:,.0f} that changes must save"
        )
    if np.array_equal(best.roster.crews, calm.roster.crews):
        return calm, "no crew-shift that the last roster fixed was worth moving"
    return calm, (
        f"the last roster stays: the best other one differs by {moved:.0f} crew-shifts and would save {gain:,.0f}, "
        f"less than the {needed:,.0f} that changes must save"
    )


def longest_shift(dense: Dense, held: Counts) -> Counts:
    """Every own crew not held ready on the yard's longest shift of the day (ties: the first), (H, N, Y, K).

    Locks come first: their crews where they are fixed, the others on the longest shift that takes any more.
    """
    crews = np.where(dense.worked[..., None], dense.low, 0)
    free = np.maximum(dense.available - held.sum(axis=1) - crews.sum(axis=1), 0)
    free[:, :, is_hired(dense)] = 0
    for h, y in np.argwhere(dense.worked.any(axis=1)):
        for n in np.argsort(-np.where(dense.worked[h, :, y], dense.minutes, -1.0), kind="stable"):
            if dense.worked[h, n, y]:
                more = np.minimum(free[h, y], dense.high[h, n, y] - crews[h, n, y])
                crews[h, n, y] += more
                free[h, y] -= more
    return crews
