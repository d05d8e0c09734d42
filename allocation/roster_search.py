"""A local search over the simulated money of rosters, stopped by a count of rosters played, never by seconds.

The solver's recourse knows its scenario; the dispatch rule does not. From the cheapest roster known, moves are tried
on all dates at once and then date by date, each played by the dispatch rule over a few draws that stand for all; of the
moves that save, the most that save together are made (a descent with a bundle step; compare Aarts and Lenstra 1997,
"Local search in combinatorial optimization"). The caller decides on all draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts
from allocation.played import Stage, is_kept, judged, limits_from, morning
from allocation.roster_checks import Allowed
from allocation.roster_moves import Move, Plan, made, moves
from domain.panel import Floats

ROSTERS_PLAYED = 450
"""So many rosters are played, the last bundles of moves beyond it."""
ROUNDS = 4
"""At most so many bundles are made on the same dates before going on."""
LEAST_SAVED = 0.01
"""Money below which a move saves nothing."""


@dataclass
class _Budget:
    left: int


def improved(s: Stage, starts: list[Plan], allowed: Allowed, played: int = ROSTERS_PLAYED) -> tuple[Plan, int]:
    """A roster that costs at most as much as each of `starts` on the draws of `s`, and how many rosters were played.

    Moves on all dates at once are tried from each start, those on single dates from the cheapest roster so found. Of
    rules on districts no more is broken than `Stage.limits` allow, which `starts` must keep.
    """
    budget = _Budget(played)
    every = np.flatnonzero(s.dense.worked.any(axis=(1, 2)))
    if not len(every):
        return starts[0], 0
    broad = [_descended(s, start, every, s.opening, allowed, budget) for start in starts]
    plan = broad[int(np.argmin(np.round(_played(s, broad, 0, s.opening, budget, s.limits), 6)))]
    before = None
    while budget.left > 0 and not (before and _same(plan, before)):
        before, opening, at = plan, s.opening, 0
        for h in map(int, every):
            if budget.left > 0:
                opening, at = morning(s, plan.crews, plan.hours, at, opening, h), h
                plan = _descended(s, plan, np.array([h]), opening, allowed, budget)
    return plan, played - budget.left


def _same(one: Plan, other: Plan) -> bool:
    return np.array_equal(one.crews, other.crews) and np.array_equal(one.hours, other.hours)


def _descended(s: Stage, plan: Plan, dates: Counts, opening: Floats, allowed: Allowed, budget: _Budget) -> Plan:
    """The roster after the bundles of moves on these dates that save; opening: jobs open when the first begins."""
    limits = limits_from(s, plan.crews, plan.hours, int(dates[0]), opening)
    for _ in range(ROUNDS):
        tried = [(m, made(s.dense, plan, m)) for m in moves(s.dense, plan, dates)]
        tried = [(m, p) for m, p in tried if not _same(p, plan) and allowed(p.crews, p.hours)][: max(budget.left, 0)]
        if not tried:
            return plan
        money = _played(s, [plan, *(p for _, p in tried)], int(dates[0]), opening, budget, limits)
        saved = money[0] - money[1:]
        order = [int(i) for i in np.argsort(-np.round(saved, 6), kind="stable") if saved[i] > LEAST_SAVED]
        if not order:
            return plan
        bundles = _bundles(s, plan, [tried[i][0] for i in order], allowed)
        money = _played(s, bundles, int(dates[0]), opening, budget, limits)
        if not np.isfinite(money).any():
            return plan
        plan = bundles[int(np.argmin(np.round(money, 6)))]
    return plan


def _bundles(s: Stage, plan: Plan, best: list[Move], allowed: Allowed) -> list[Plan]:
    """The best move alone, and the best quarter, half and all of them together, one a yard and type."""
    seen: set[tuple[int, int]] = set()
    apart = [m for m in best if (m.y, m.k) not in seen and not seen.add((m.y, m.k))]  # type: ignore[func-returns-value]
    ends = sorted({1, -(-len(apart) // 4), -(-len(apart) // 2), len(apart)})
    bundles, at = [], plan
    for i, move in enumerate(apart, start=1):
        after = made(s.dense, at, move)
        at = after if allowed(after.crews, after.hours) else at
        if i in ends:
            bundles.append(at)
    return bundles


def _played(s: Stage, plans: list[Plan], first: int, opening: Floats, budget: _Budget, limits: Floats) -> Floats:
    """Money of each, (M,); infinite where a rule on districts is broken further than `limits` allow."""
    budget.left -= len(plans)
    crews, hours = np.stack([p.crews for p in plans]), np.stack([p.hours for p in plans])
    money, over = judged(s, crews, hours, first, opening)
    return np.where(is_kept(over, limits), money, np.inf)
