"""Rosters in the race: what is published is what costs least when the dispatch rule is simulated, changes included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, tally
from allocation.district_service import excess, told_short
from allocation.played import Stage, crewing, is_kept, judged, limited, on_draws, stage
from allocation.posted import change_cost, changes, is_calm
from allocation.reduction import reduce
from allocation.roster_checks import Allowed
from allocation.roster_cost import contract_money, is_hired, overtime_money
from allocation.roster_moves import Plan
from allocation.roster_search import Scene, improved
from allocation.solve import Roster
from domain.panel import Floats

SEARCH_DRAWS, CONFIRM_DRAWS = 10, 60
"""Draws that stand for all while moves are tried, and on which a bundle of them must save; all draws decide."""
SOLVER = "solver"


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
    """late: (S,) money by draw, by which rosters are compared: each area's by its weight. cost: expected, overtime
    included. money: the same unweighed, which is told. over: (R,) of `allocation.district_service.excess`."""

    name: str
    roster: Roster
    crewing: Crewing
    late: Floats
    cost: float
    change: float
    money: float
    over: Floats

    @property
    def total(self) -> float:
        return self.cost + self.change

    @property
    def words(self) -> str:
        """Its money, the price of its changes beside it: rosters are told alike, whichever is published."""
        return f"{self.money:,.0f}{f' and {self.change:,.0f} for changes' if self.change else ''}"


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
    search: Allowed | str = "",
) -> Choice:
    """Of the solver's roster, every crew on its longest shift and what a search makes of them, the one that costs
    least over all draws.

    Cost: late days (`Dense.closing_days` more for what is late at the end), overtime, contractors, and price of changes
    against the last roster. The verdict is added to the roster's `entry.status`. pace: (H, K, J, S) what weather lets
    crews do. broken: names the rules that crews and overtime hours break; a simple roster that breaks any is no
    candidate. kept: the last roster on today's crews; it stays unless another saves more than the changes cost,
    `problem.change.gain`, and what the luck of the draws can explain (one standard error of the paired difference).
    search: whether a roster keeps every constraint, or why nothing is searched (`allocation.roster_checks`). No roster
    may break a rule on districts, simulated, that the solver's keeps (`allocation.district_service`).
    """
    seen = limited(stage(dense, held, duty, opening, arrivals, weight, seed, pace), solved.crews, solved.overtime_hours)
    tried = _Tries(seen)
    plain = longest_shift(dense, held)
    none = np.zeros(plain.shape)
    found, simple = tried(SOLVER, solved), tried("longest shift", Roster(plain, none, solved.entry))
    rivals = [found]
    if rules := (broken(plain, none) if broken is not None else ()) or _unkept(seen, simple):
        told = f"every crew on its longest shift is no choice: it breaks {', '.join(rules)}"
    else:
        rivals.append(simple)
        told = f"simulated cost {found.words} against {simple.words} for every crew on its longest shift"
        told += "" if found.total <= simple.total else ", which is published" if isinstance(search, str) else ""
    can_stay = kept is not None and is_calm(dense) and not (broken and broken(kept.crews, kept.overtime_hours))
    stay = tried("last roster", kept) if kept is not None and can_stay else None
    stay = None if stay is None or _unkept(seen, stay) else stay
    best = min(rivals, key=lambda r: r.total)
    if not isinstance(search, str):
        best, more = _searched(tried, [*rivals, *([stay] if stay else [])], solved, search)
        told += f"; {more}"
    elif search:
        told += f"; not searched: {search}"
    if stay is not None:
        best, verdict = _calmed(dense, best, stay, held, weight)
        told += f"; {verdict}"
    told += f"; {short}" if (short := told_short(dense, best.over)) else ""
    entry = solved.entry.model_copy(update=_verdict(found, best) | {"status": f"{solved.entry.status}; {told}"})
    return Choice(replace(best.roster, entry=entry), best.crewing, found.money, simple.money, best.money, best.change)


@dataclass(frozen=True)
class _Tries:
    """Rosters played over all draws, each once: a search may end where it began."""

    seen: Stage
    known: dict[bytes, _Tried] = field(default_factory=dict)

    def __call__(self, name: str, roster: Roster) -> _Tried:
        key = roster.crews.tobytes() + roster.overtime_hours.tobytes()
        if key not in self.known:
            self.known[key] = _tried(self.seen, name, roster)
        return replace(self.known[key], name=name, roster=roster)


def _tried(seen: Stage, name: str, roster: Roster) -> _Tried:
    """A roster played over all draws."""
    d, crews, hours = seen.dense, roster.crews, roster.overtime_hours
    comes = crewing(seen, crews, hours)
    played = partial(tally, d, comes, seen.opening, seen.arrivals, is_closed=True)
    found = played()
    plain = found.cost
    late = played(is_weighed=True).cost if d.is_fair else plain
    over = excess(d, found, seen.opening, seen.arrivals, seen.weight)
    paid = overtime_money(d, hours) + contract_money(d, crews)
    cost, money = float(late @ seen.weight) + paid, float(plain @ seen.weight) + paid
    return _Tried(name, roster, comes, late, cost, change_cost(d, crews, seen.held), money, over)


def _unkept(seen: Stage, one: _Tried) -> tuple[str, ...]:
    return () if is_kept(one.over[None], seen.limits)[0] else ("rules on districts when dispatch is simulated",)


def _searched(tried: _Tries, rivals: list[_Tried], solved: Roster, allowed: Allowed) -> tuple[_Tried, str]:
    """The cheapest over all draws of the rivals and of what a search from them on few draws found; in words too."""
    seen, best = tried.seen, min(rivals, key=lambda r: r.total)
    features = seen.arrivals.sum(axis=(1, 3)).reshape(-1, len(best.late)).T
    few, more = (reduce(best.late, features, seen.weight, size) for size in (SEARCH_DRAWS, CONFIRM_DRAWS))
    starts = [Plan(r.roster.crews, r.roster.overtime_hours) for r in sorted(rivals, key=lambda r: r.total)]
    parts = [
        limited(on_draws(seen, kept.index, kept.weight), solved.crews, solved.overtime_hours) for kept in (few, more)
    ]
    starts = [s for s in starts if allowed(s.crews, s.hours) and all(_keeps(part, s) for part in parts)]
    if not starts:
        return best, "nothing was searched: no roster to start from keeps every rule"
    plan, played = improved(Scene(*parts), starts, allowed)
    found = tried("search", replace(best.roster, crews=plan.crews, overtime_hours=plan.hours))
    unkept = _unkept(seen, found)
    won = found.total < best.total and not unkept
    told = f"a search over {played} rosters played on {len(few.index)} draws, or {len(more.index)} where they saved, "
    told += f"found one of {found.words} on all"
    told += f", which breaks {unkept[0]}" if unkept else ""
    return (found, f"{told}, which is published") if won else (best, f"{told}; {best.name} is published")


def _keeps(part: Stage, plan: Plan) -> bool:
    """Whether a roster keeps the limits of a stage with few draws."""
    return not len(part.limits) or bool(is_kept(judged(part, plan.crews[None], plan.hours[None])[1], part.limits)[0])


def _verdict(found: _Tried, best: _Tried) -> dict[str, object]:
    """Fields of the solve entry: what is published, and the share of the solver's simulated cost that it saves."""
    saved = 1 - best.total / found.total if found.total > 0 else 0.0
    return {"published": best.name, "saved_against_solver": round(saved, 6)}


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
