"""The whole budget question, answered: every part from one set of draws, so all parts agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.budget.fiscal import Quarter
from allocation.budget.influence import CERTAINTY, Influence, influences
from allocation.budget.means import Means, Month, by_month, one_more, play
from allocation.budget.needs import Need, Span, goals_of, needs_of, spans_of
from allocation.budget.pool import Pool
from allocation.budget.queue import run
from allocation.budget.roll import Mix, roll, staffing
from allocation.budget.search import (
    LEAST_GAIN,
    Case,
    Tried,
    case_of,
    cheapest,
    efficient,
    judge,
    ladder,
    search,
    try_mixes,
    window_of,
)
from allocation.budget.spending import Spending, spending
from allocation.budget.terms import Terms
from allocation.budget.trim import trim
from domain.panel import WeatherPaths
from domain.progress import Progress

CHANGES = (-0.05, 0.05)
MOST_PLAYED_AGAIN = 20
"""Mixes of the frontier that are played again with overtime, contractors and moved inputs."""

MOST_TRIMMED = 120
"""Mixes that are tried beside these to find the fewest crews: so many on regular hours, so many with help."""


@dataclass(frozen=True)
class Bought:
    """A mix and whether it works with overtime and contractors."""

    tried: Tried
    has_help: bool


@dataclass(frozen=True)
class Change:
    """What so much more (or less) money than today's crews cost buys. best: the mix of the best share within it, of
    those tried that keep every crew where there is more money, None where none costs so little. instead: a mix that
    does better for the same money by letting crews go, where there is one."""

    change: float
    money: float
    best: Bought | None
    instead: Bought | None


@dataclass(frozen=True)
class Study:
    """now: today's crews. advised: the cheapest mix tried that meets the target with 80 % certainty, else the one that
    comes nearest to it; is_met says which. can_be_met: False where no number of crews could meet it so surely.
    frontier: mixes that none beats in cost and share. helped: the mixes of frontier and ladder with overtime and
    contractors too, and those that were tried to find fewer crews; of these now_helped is today's crews, and
    advised_helped the cheapest that meets the target with 80 % certainty."""

    case: Case
    quarters: tuple[Quarter, ...]
    now: Tried
    advised: Tried
    is_met: bool
    can_be_met: bool
    tried: tuple[Tried, ...]
    frontier: tuple[Tried, ...]
    ladder: tuple[Tried, ...]
    helped: tuple[Tried, ...]
    now_helped: Tried
    advised_helped: Tried | None
    needs: tuple[Need, ...]
    means: tuple[Means, ...]
    months: tuple[Month, ...]
    one_more: tuple[tuple[str, Tried], ...]
    changes: tuple[Change, ...]
    influences: tuple[Influence, ...]
    spending: Spending | None


def study(
    pool: Pool,
    terms: Terms,
    quarters: Sequence[Quarter],
    target: float,
    weather: WeatherPaths | None,
    path: np.ndarray,
    progress: Progress,
) -> Study:
    """quarters: consecutive, all of their days in the pool. target: share in time of every category, in (0, 1].

    path: (S,) the weather path of each draw.
    """
    case = case_of(pool, terms, window_of(pool, terms, quarters, target))
    known, spans = search(case, progress), spans_of(case, quarters)
    progress("dropping crews that a target does without")
    trim(case, known, goals_of(case, spans), lambda mixes: try_mixes(case, mixes), MOST_TRIMMED)
    now, every = known[terms.crews], tuple(known.values())
    met = cheapest(case, every, CERTAINTY)
    advised = met or max(every, key=lambda t: (*case.score(t), -case.mean_cost(t), t.mix))
    steps, front = ladder(case, known), efficient(case, every)
    choice = _union(steps, _spread(front), [now, advised])
    progress("letting overtime and contractors help" if terms.contractors else "letting overtime help")
    helped = _helped(case, choice, spans)
    progress("overtime, hiring and contractors by month")
    more = one_more(case, known)
    means = play(case, now, [*more, *_others(advised, [now, *(t for _, t in more)])])
    progress("moving each input in turn")
    return Study(
        case=case,
        quarters=tuple(quarters),
        now=now,
        advised=advised,
        is_met=met is not None,
        can_be_met=case.can_be_met(CERTAINTY, case.window.judged),
        tried=every,
        frontier=tuple(front),
        ladder=tuple(steps),
        helped=tuple(helped),
        now_helped=next(t for t in helped if t.mix == now.mix),
        advised_helped=cheapest(case, helped, CERTAINTY),
        needs=tuple(needs_of(case, every, helped, spans)),
        means=tuple(means),
        months=tuple(by_month(case, means)),
        one_more=tuple(more),
        changes=tuple(_change(case, every, helped, now, change) for change in CHANGES),
        influences=tuple(influences(case, choice, advised, weather, path)),
        spending=spending(case, now),
    )


def _spread(front: Sequence[Tried]) -> list[Tried]:
    """At most so many, evenly along the frontier, both ends among them."""
    at = np.unique(np.linspace(0, len(front) - 1, min(MOST_PLAYED_AGAIN, len(front))).round().astype(int))
    return [front[i] for i in at]


def _union(*parts: Sequence[Tried]) -> list[Tried]:
    return list({t.mix: t for part in parts for t in part}.values())


def _others(advised: Tried, shown: Sequence[Tried]) -> list[tuple[str, Tried]]:
    """The advised mix as a way of hiring, unless it is among those shown."""
    return [] if advised.mix in {t.mix for t in shown} else [("the mix on regular hours", advised)]


def _helped(case: Case, choice: Sequence[Tried], spans: Sequence[Span]) -> list[Tried]:
    """The chosen mixes with overtime and contractors, and what is tried to find fewer crews with the same."""
    known = {t.mix: t for t in _play_helped(case, [t.mix for t in choice])}
    trim(case, known, goals_of(case, spans), lambda mixes: _play_helped(case, mixes), MOST_TRIMMED)
    return list(known.values())


def _play_helped(case: Case, mixes: Sequence[Mix]) -> list[Tried]:
    start = case.window.start
    rolls = [roll(case.pool, case.terms, mix, start) for mix in mixes]
    crews = [staffing(case.pool, case.terms, r, overtime=True, contractors=True, start=start) for r in rolls]
    return [judge(case, r, c) for r, c in zip(rolls, run(case.pool, crews), strict=True)]


def _change(case: Case, every: Sequence[Tried], helped: Sequence[Tried], now: Tried, change: float) -> Change:
    money = case.mean_cost(now) * (1 + change)
    fit = [
        Bought(t, has)
        for some, has in ((every, False), (helped, True))
        for t in some
        if case.mean_cost(t) <= money + 1e-6
    ]
    best = _best_bought(case, fit)
    if change <= 0 or best is None:
        return Change(change, money, best, None)
    # nobody asks what more money buys to let crews go for it
    kept = _best_bought(case, [b for b in fit if all(n >= m for n, m in zip(b.tried.mix, now.mix, strict=True))])
    assert kept is not None, "today's crews themselves cost no more"
    gain = case.score(best.tried)[1] - case.score(kept.tried)[1]
    return Change(change, money, kept, best if gain >= LEAST_GAIN else None)


def _best_bought(case: Case, fit: Sequence[Bought]) -> Bought | None:
    """Of the best share; of those alike the cheapest."""
    return max(
        fit, key=lambda b: (round(case.score(b.tried)[1], 9), -case.mean_cost(b.tried), b.tried.mix), default=None
    )
