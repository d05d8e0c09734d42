"""Crews that a target does without: from each mix that meets one, crews are dropped and exchanged while it is met.

The climb of `allocation.budget.search` starts from today's crews, so what it finds keeps crews in post that stand idle
beside those that were added. Here every type may fall to nobody. A mix that has no more of any type than one that
misses the target is taken to miss it too, which leaves few to play; `Goal` by `Goal` the rest are, up to a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from allocation.budget.queue import TOGETHER
from allocation.budget.roll import Mix
from allocation.budget.search import Case, Tried
from allocation.budget.service import chance, in_time
from domain.panel import Floats

Play = Callable[[Sequence[Mix]], Sequence[Tried]]
"""Mixes as they come out on some terms: on regular hours, or with overtime and contractors."""


@dataclass(frozen=True)
class Goal:
    """Chance of the target over periods `within`, to be met with the fewest crews, or where by_money for least."""

    within: tuple[int, ...]
    certainty: float
    by_money: bool = False

    def is_met(self, case: Case, tried: Tried) -> bool:
        share = in_time(tried.course.late, case.due, self.within)
        return chance(share, case.window.target, case.weight) >= self.certainty - 1e-9

    def rank(self, case: Case, tried: Tried) -> tuple[float, float, Mix]:
        """Less is better."""
        money = case.mean_cost(tried)
        return (money, tried.size, tried.mix) if self.by_money else (tried.size, money, tried.mix)

    def best(self, case: Case, known: Iterable[Tried]) -> Tried | None:
        fit = [t for t in known if self.is_met(case, t)]
        return min(fit, key=lambda t: self.rank(case, t)) if fit else None


def trim(case: Case, known: dict[Mix, Tried], goals: Iterable[Goal], play: Play, most: int) -> None:
    """Adds what is tried to `known`, at most so many mixes. Goals that no mix met before are left as they are."""
    table = _Table(case, known, play, most)
    for goal in goals:
        here, better = goal.best(case, known.values()), True
        while here is not None and better:
            ahead = _ahead(table, goal, here)
            better = ahead is not here
            here = ahead


@dataclass
class _Table:
    """Mixes played so far, and how many more may be."""

    case: Case
    known: dict[Mix, Tried]
    play: Play
    left: int
    missed: dict[Goal, dict[Mix, bool]] = field(default_factory=dict)

    def meeting(self, goal: Goal, mixes: Iterable[Mix]) -> list[Tried]:
        """Those of the mixes that meet the goal, played where they are not known and might."""
        wanted = [m for m in dict.fromkeys(mixes) if m not in self.known and not self._is_hopeless(goal, m)]
        self._try(wanted)
        return [self.known[m] for m in dict.fromkeys(mixes) if m in self.known and not self._misses(goal, m)]

    def _try(self, mixes: Sequence[Mix]) -> None:
        new = mixes[: self.left]
        self.left -= len(new)
        self.known.update({t.mix: t for t in self.play(new)})

    def _misses(self, goal: Goal, mix: Mix) -> bool:
        found = self.missed.setdefault(goal, {})
        if mix not in found:
            found[mix] = not goal.is_met(self.case, self.known[mix])
        return found[mix]

    def _is_hopeless(self, goal: Goal, mix: Mix) -> bool:
        """Whether a mix with at least as many crews of every type misses the goal."""
        return any(
            all(a <= b for a, b in zip(mix, other, strict=True)) and self._misses(goal, other) for other in self.known
        )


def _ahead(table: _Table, goal: Goal, here: Tried) -> Tried:
    """A better mix that meets the goal too: with fewer crews of one type, else by an exchange; `here` where none is."""
    fewer = table.meeting(goal, [_with(here.mix, {k: -1}) for k, n in enumerate(here.mix) if n and here.size > 1])
    if fewer:
        idle = [k for k, n in enumerate(here.mix) if any(t.mix[k] < n for t in fewer)]
        far = table.meeting(goal, [m for k in idle for m in _far(here.mix, k)])
        return min([*fewer, *far], key=lambda t: goal.rank(table.case, t))
    others = exchanges(here.mix, table.case.terms.day_rates)
    for first in range(0, len(others), TOGETHER):
        found = [here, *table.meeting(goal, others[first : first + TOGETHER])]
        best = min(found, key=lambda t: goal.rank(table.case, t))
        if best is not here:
            return best
    return here


def _far(mix: Mix, k: int) -> list[Mix]:
    """Half of a type's crews, and none, so that many idle ones go in few steps."""
    return [m for n in (mix[k] // 2, 0) if sum(m := _with(mix, {k: n - mix[k]})) > 0]


def exchanges(mix: Mix, rates: Floats) -> list[Mix]:
    """One crew for one that is paid more, one for two of any, and half of a type for one fewer of another: what saves
    most first. rates: (K,) money of a crew-day."""
    types = range(len(mix))
    ones: list[Mix] = [_with(mix, {i: -1, k: 1}) for i in types for k in types if rates[k] < rates[i]]
    pairs = [(i, j, k) for i in types for j in types for k in types if i <= j and k not in (i, j)]
    ones += [_with(_with(_with(mix, {i: -1}), {j: -1}), {k: 1}) for i, j, k in pairs]
    half = [n // 2 for n in mix]
    ones += [_with(mix, {i: -half[i], k: half[i] - 1}) for i in types for k in types if i != k and half[i] > 2]
    found = [m for m in ones if min(m) >= 0]
    return sorted(found, key=lambda m: (float(np.dot(m, rates)), m))


def _with(mix: Mix, change: dict[int, int]) -> Mix:
    return tuple(n + change.get(k, 0) for k, n in enumerate(mix))
