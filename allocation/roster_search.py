"""A local search over the simulated money of rosters, stopped by a count of rosters played, never by seconds.

The solver's recourse knows its scenario; the dispatch rule does not. From the cheapest roster known, moves are tried
on all dates at once and then date by date, each played by the dispatch rule over a few draws that stand for all; of the
moves that save, the most that save together are bundled (a descent with a bundle step; compare Aarts and Lenstra 1997,
"Local search in combinatorial optimization"). A bundle is made only if it saves on more draws too: the best of many
moves flatters itself on the draws that it was picked on (Smith and Winkler 2006, "The optimizer's curse"), and where
costs come from rare draws, rosters picked on few alone were dearer than those they began from. The caller decides on
all draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts
from allocation.played import Stage, is_kept, judged, left_until, limits_from
from allocation.roster_checks import Allowed
from allocation.roster_moves import Move, Plan, made, moves
from domain.panel import Floats

ROSTERS_PLAYED = 450
"""So many rosters are played, the last bundles of moves beyond it."""
ROUNDS = 4
"""At most so many bundles are made on the same dates before going on."""
LEAST_SAVED = 0.01
"""Money below which a move saves nothing."""


@dataclass(frozen=True)
class Scene:
    """The same plan on few draws, on which moves are tried, and on more, on which they must save."""

    few: Stage
    more: Stage


@dataclass(frozen=True)
class _Morning:
    """Jobs open when a date begins, (J, A, B, S), on the few draws and on more."""

    date: int
    few: Floats
    more: Floats


@dataclass
class _Search:
    scene: Scene
    allowed: Allowed
    left: int

    def played(self, s: Stage, plans: list[Plan], first: int, opening: Floats, limits: Floats) -> Floats:
        """Their money, counted."""
        self.left -= len(plans)
        return _money(s, plans, first, opening, limits)


def improved(scene: Scene, starts: list[Plan], allowed: Allowed, played: int = ROSTERS_PLAYED) -> tuple[Plan, int]:
    """A roster that costs at most as much as each of `starts` on more draws, and how many rosters were played.

    Moves on all dates at once are tried from each start, those on single dates from the cheapest roster so found. Of
    rules on districts no more is broken than `Stage.limits` allow, which `starts` must keep.
    """
    few, more, search = scene.few, scene.more, _Search(scene, allowed, played)
    every = np.flatnonzero(more.dense.worked.any(axis=(1, 2)))
    if not len(every):
        return starts[0], 0
    first = _Morning(0, few.opening, more.opening)
    broad = [_descended(search, start, every, _later(scene, start, first, int(every[0]))) for start in starts]
    plan = broad[int(np.argmin(np.round(search.played(more, broad, 0, more.opening, more.limits), 6)))]
    before = None
    while search.left > 0 and not (before and _same(plan, before)):
        before, morning = plan, first
        for h in map(int, every):
            if search.left > 0:
                morning = _later(scene, plan, morning, h)
                plan = _descended(search, plan, np.array([h]), morning)
    return plan, played - search.left


def _later(scene: Scene, plan: Plan, morning: _Morning, date: int) -> _Morning:
    """A later date's morning."""
    few, more = (
        left_until(s, plan.crews, plan.hours, morning.date, opening, date)
        for s, opening in ((scene.few, morning.few), (scene.more, morning.more))
    )
    return _Morning(date, few, more)


def _same(one: Plan, other: Plan) -> bool:
    return np.array_equal(one.crews, other.crews) and np.array_equal(one.hours, other.hours)


def _descended(search: _Search, plan: Plan, dates: Counts, morning: _Morning) -> Plan:
    """The roster after the bundles of moves on these dates that save; morning: when the first of them begins."""
    few, more, first = search.scene.few, search.scene.more, morning.date
    limits = limits_from(few, plan.crews, plan.hours, first, morning.few)
    widely = limits_from(more, plan.crews, plan.hours, first, morning.more)
    own = None
    for _ in range(ROUNDS):
        tried = [(m, made(few.dense, plan, m)) for m in moves(few.dense, plan, dates)]
        tried = [(m, p) for m, p in tried if not _same(p, plan) and search.allowed(p.crews, p.hours)]
        tried = tried[: max(search.left, 0)]
        if not tried:
            return plan
        money = search.played(few, [plan, *(p for _, p in tried)], first, morning.few, limits)
        saved = money[0] - money[1:]
        order = [int(i) for i in np.argsort(-np.round(saved, 6), kind="stable") if saved[i] > LEAST_SAVED]
        if not order:
            return plan
        bundles = _bundles(few, plan, [tried[i][0] for i in order], search.allowed)
        own = _money(more, [plan], first, morning.more, widely)[0] if own is None else own
        money = search.played(more, bundles, first, morning.more, widely)
        best = int(np.argmin(np.round(money, 6)))
        if own - money[best] <= LEAST_SAVED:
            return plan
        plan, own = bundles[best], money[best]
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


def _money(s: Stage, plans: list[Plan], first: int, opening: Floats, limits: Floats) -> Floats:
    """Money of each from date `first` on, (M,); infinite where a rule on districts is broken further than `limits`."""
    crews, hours = np.stack([p.crews for p in plans]), np.stack([p.hours for p in plans])
    money, over = judged(s, crews, hours, first, opening)
    return np.where(is_kept(over, limits), money, np.inf)
