"""Overtime, hiring and contractors against each other, month by month.

Each means is played over all days with its own rule, so what one month clears is not waiting in the next:
- overtime: crews at work stay on for jobs overdue or due by tomorrow, as long as the shift allows;
- contractors: in season, they take at the end of each day what would become late, up to their jobs a day;
- hiring: one more crew of a type, or the advised mix, from the day it is in post.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.budget.queue import run
from allocation.budget.roll import roll, staffing
from allocation.budget.search import Case, Tried, judge
from allocation.budget.service import chance, in_time, mean, worst


@dataclass(frozen=True)
class Means:
    """key: overtime, contractors, both, or hire:MIX. name: in words."""

    key: str
    name: str
    tried: Tried


@dataclass(frozen=True)
class Month:
    """One period under one means, against today's crews alone. extra: mean money more. avoided: late jobs fewer."""

    period: int
    key: str
    extra: float
    share: float
    chance: float
    avoided: float
    is_best: bool = False

    @property
    def each(self) -> float | None:
        """Money a late job avoided; None where hardly any is."""
        return self.extra / self.avoided if self.avoided >= 0.5 else None


def play(case: Case, base: Tried, hired: Sequence[tuple[str, Tried]]) -> list[Means]:
    """Today's crews alone, with overtime, with contractors, with both, and every way of hiring."""
    pool, terms, start = case.pool, case.terms, case.window.start
    people = roll(pool, terms, base.mix, start)
    wanted = [("overtime", "overtime", True, False)]
    if terms.contractors:
        wanted += [("contractors", "contractors", False, True), ("both", "overtime and contractors", True, True)]
    crews = [staffing(pool, terms, people, overtime=o, contractors=c, start=start) for _, _, o, c in wanted]
    courses = run(pool, crews)
    played = [Means(key, name, judge(case, people, c)) for (key, name, _, _), c in zip(wanted, courses, strict=True)]
    return [
        Means("now", "today’s crews alone", base),
        *played,
        *(Means(f"hire:{'-'.join(map(str, t.mix))}", name, t) for name, t in hired),
    ]


def by_month(case: Case, means: Sequence[Means]) -> list[Month]:
    """Every means in every period of the window, the best marked: the least money that brings the mean share to the
    target, else the least money a late job avoided."""
    rows = []
    for p in case.window.within:
        here = [_month(case, means[0].tried, one, p) for one in means]
        best = _best(case, here)
        rows += [Month(m.period, m.key, m.extra, m.share, m.chance, m.avoided, is_best=m is best) for m in here]
    return rows


def _month(case: Case, base: Tried, one: Means, p: int) -> Month:
    weight, tried = case.weight, one.tried
    share = in_time(tried.course.late, case.due, [p])
    fewer = (base.course.late[:, p] - tried.course.late[:, p]).sum(axis=0)
    more = tried.costs.total[p] - base.costs.total[p]
    return Month(
        p, one.key, mean(more, weight), mean(worst(share), weight),
        chance(share, case.window.target, weight), mean(fewer, weight),
    )  # fmt: skip


def _best(case: Case, months: Sequence[Month]) -> Month:
    enough = [m for m in months if m.share >= case.window.target]
    if enough:
        return min(enough, key=lambda m: m.extra)
    useful = [m for m in months if m.each is not None]
    return min(useful, key=lambda m: m.each or 0.0) if useful else months[0]


def one_more(case: Case, known: dict[tuple[int, ...], Tried]) -> list[tuple[str, Tried]]:
    """Today's crews and one more of each type."""
    base = case.terms.crews
    mixes = [tuple(n + (i == k) for i, n in enumerate(base)) for k in range(len(base))]
    return [(f"one more {name} crew", known[m]) for name, m in zip(case.pool.types, mixes, strict=True)]
