"""Which numbers and mixes of crews are looked at, and what each comes to.

From today's crews one crew at a time is added where it helps most, once more where it helps most for its money, and
taken where it saves most for what it hurts; at every larger size the mixes one exchange away are tried too. On the way
crews in post stay; what a target does without is dropped afterwards (`allocation.budget.trim`). So "the fewest" are the
fewest among the mixes tried, which are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

import numpy as np

from allocation.budget.fiscal import Quarter
from allocation.budget.money import Costs, costs
from allocation.budget.pool import Pool
from allocation.budget.queue import Course, due_jobs, moved, run
from allocation.budget.roll import Mix, Roll, roll, staffing
from allocation.budget.service import chance, in_time, mean, worst
from allocation.budget.terms import Terms, arrives
from domain.panel import Floats
from domain.progress import Progress

MOST_MORE = 24
"""Crews beyond today's that are looked at."""

MOST_FEWER = 3
NO_GAIN = 2
LEAST_GAIN = 0.005
"""So many crews in a row that raise neither chance nor share by this much end the search."""

SURE = 0.95


@dataclass(frozen=True)
class Window:
    """The budget's days. start: first day. within: positions of its periods among the pool's.

    judged: of these, the quarters that begin when crews hired now are in post; all where none does. Mixes are compared
    on them, because no number of crews helps before it is there. target: share in time.
    """

    start: date
    within: tuple[int, ...]
    judged: tuple[int, ...]
    target: float


@dataclass(frozen=True)
class Tried:
    """One mix and what it comes to. share: (J, S) in time over the judged quarters; chance: of the target there."""

    mix: Mix
    people: Roll
    course: Course
    costs: Costs
    share: Floats
    chance: float

    @property
    def size(self) -> int:
        return sum(self.mix)


@dataclass(frozen=True)
class Case:
    """What everything is judged on. due: jobs (J, P, S). minutes, absence: factors, 1 as the city states them."""

    pool: Pool
    terms: Terms
    window: Window
    due: Floats
    minutes: float = 1.0
    absence: float = 1.0

    @property
    def weight(self) -> Floats:
        return self.pool.weight

    def most(self, which: Sequence[int]) -> Floats:
        """The largest share in time that any number of crews can do over some periods, (J, S): the rest is due sooner
        than crews can begin on it."""
        waiting = self.pool.waiting
        late = np.zeros_like(self.due) if waiting is None else waiting.late
        return in_time(late, self.due, which)

    @cached_property
    def within_reach(self) -> Floats:
        """Mean of `most` over the judged quarters, (J,)."""
        mean_share: Floats = self.most(self.window.judged) @ self.weight
        return mean_share

    def can_be_met(self, certainty: float, which: Sequence[int]) -> bool:
        """Whether some number of crews, however large, could meet the target so surely over some periods."""
        return chance(self.most(which), self.window.target, self.weight) >= certainty - 1e-9

    def cost(self, tried: Tried, which: Sequence[int] | None = None) -> Floats:
        """Money over some periods, by default the window, (S,)."""
        total: Floats = tried.costs.total[list(self.window.within if which is None else which)].sum(axis=0)
        return total

    def mean_cost(self, tried: Tried, which: Sequence[int] | None = None) -> float:
        return mean(self.cost(tried, which), self.weight)

    def score(self, tried: Tried) -> tuple[float, float]:
        """Chance of the target, then the mean share of the worst category: more is better."""
        return round(tried.chance, 6), mean(worst(tried.share), self.weight)


def window_of(pool: Pool, terms: Terms, quarters: Sequence[Quarter], target: float) -> Window:
    """The periods of `quarters`, and which of them crews hired now can still change from their first day."""
    names = [q.name for q in quarters]
    there = max(arrives(pool.dates[0] - timedelta(days=1), r) for r in terms.rates)
    late = [q.name for q in quarters if q.first >= there] or names
    at = {name: [i for i, p in enumerate(pool.periods) if p.quarter == name] for name in names}
    within, judged = (tuple(i for name in some for i in at[name]) for some in (names, late))
    return Window(quarters[0].first, within, judged, target)


def case_of(pool: Pool, terms: Terms, window: Window) -> Case:
    return Case(pool, terms, window, due_jobs(pool))


def judge(case: Case, people: Roll, course: Course) -> Tried:
    share = in_time(course.late, case.due, case.window.judged)
    sure = chance(share, case.window.target, case.weight)
    return Tried(people.mix, people, course, costs(case.pool, case.terms, people, course), share, sure)


def try_mixes(case: Case, mixes: Iterable[Mix]) -> list[Tried]:
    """Every mix, in order."""
    rolls = [roll(case.pool, case.terms, mix, case.window.start) for mix in mixes]
    crews = [moved(staffing(case.pool, case.terms, r), minutes=case.minutes, absence=case.absence) for r in rolls]
    return [judge(case, r, course) for r, course in zip(rolls, run(case.pool, crews), strict=True)]


def search(case: Case, progress: Progress) -> dict[Mix, Tried]:
    """Mixes from a few crews fewer than today's to as many as make the target almost sure: once by what helps most,
    once by what helps most for its money."""
    base = case.terms.crews
    known = {base: try_mixes(case, [base])[0]}
    for doing, sign, most, by_money in (
        ("more crews", 1, MOST_MORE, False),
        ("more crews for the money", 1, MOST_MORE, True),
        ("fewer crews", -1, MOST_FEWER, True),
    ):
        _climb(case, known, sign, most, by_money, partial(_say, progress, doing))
    return known


def _say(progress: Progress, doing: str, number: int) -> None:
    progress(f"{doing}: {number}")


def _climb(
    case: Case, known: dict[Mix, Tried], sign: int, most: int, by_money: bool, said: Callable[[int], None]
) -> None:
    """One crew more (or fewer) at a time, from today's."""
    here, idle = known[case.terms.crews], 0
    for _ in range(most):
        said(here.size + sign)
        ahead = _best(case, known, _neighbours(here.mix, sign), here if by_money else None)
        if ahead is not None and not by_money:
            ahead = _best(case, known, [ahead.mix, *_exchanges(ahead.mix, case.terms.crews)], None)
        if ahead is None:
            return
        idle = idle + 1 if _gain(case, here, ahead) < LEAST_GAIN else 0
        here = ahead
        if sign > 0 and (here.chance >= SURE or idle >= NO_GAIN):
            return


def _best(case: Case, known: dict[Mix, Tried], mixes: list[Mix], before: Tried | None) -> Tried | None:
    """The best of the mixes, each tried once, and of two alike the cheaper; for its money where `before` is given."""
    new = [m for m in dict.fromkeys(mixes) if m not in known]
    known.update({t.mix: t for t in try_mixes(case, new)})
    there = [known[m] for m in mixes]
    if before is None:
        return max(there, key=lambda t: (*case.score(t), -case.mean_cost(t)), default=None)
    return max(there, key=lambda t: _for_money(case, before, t), default=None)


def _for_money(case: Case, before: Tried, after: Tried) -> float:
    """Share gained for each unit of money more; where crews are taken away, money saved for each share lost."""
    more = case.mean_cost(after) - case.mean_cost(before)
    gain = case.score(after)[1] - case.score(before)[1]
    return gain / more if more > 0 else -more / max(-gain, 1e-9)


def _gain(case: Case, before: Tried, after: Tried) -> float:
    return max(abs(a - b) for a, b in zip(case.score(after), case.score(before), strict=True))


def _neighbours(mix: Mix, sign: int) -> list[Mix]:
    more = [tuple(n + sign * (i == k) for i, n in enumerate(mix)) for k in range(len(mix))]
    return [m for m in more if min(m) >= 0 and sum(m) > 0]


def _exchanges(mix: Mix, kept: Mix) -> list[Mix]:
    """Mixes of the same size with one crew of one type in place of one of another; `kept` crews stay."""
    both = [(i, j) for i in range(len(mix)) for j in range(len(mix)) if i != j and mix[i] > kept[i]]
    return [tuple(n - (at == i) + (at == j) for at, n in enumerate(mix)) for i, j in both]


def ladder(case: Case, known: dict[Mix, Tried]) -> list[Tried]:
    """The best mix of each size, smallest first."""
    sizes = sorted({t.size for t in known.values()})
    of = {n: [t for t in known.values() if t.size == n] for n in sizes}
    return [max(of[n], key=lambda t: (*case.score(t), -case.mean_cost(t), t.mix)) for n in sizes]


def cheapest(case: Case, known: Iterable[Tried], certainty: float) -> Tried | None:
    """The mix of least mean cost whose chance of the target reaches the certainty."""
    fit = [t for t in known if t.chance >= certainty - 1e-9]
    return min(fit, key=lambda t: (case.mean_cost(t), t.size, t.mix)) if fit else None


def efficient(case: Case, known: Iterable[Tried]) -> list[Tried]:
    """Mixes that none beats in both mean cost and mean share of the worst category, cheapest first."""
    best, out = -1.0, []
    for tried in sorted(known, key=lambda t: (case.mean_cost(t), -case.score(t)[1], t.mix)):
        if case.score(tried)[1] > best + 1e-6:
            best = case.score(tried)[1]
            out.append(tried)
    return out
