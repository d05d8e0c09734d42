"""The fewest crews that meet the target, by quarter and certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.budget.fiscal import Quarter
from allocation.budget.influence import CERTAINTY
from allocation.budget.search import Case, Tried
from allocation.budget.trim import Goal

CERTAINTIES = (0.8, 0.95)

Span = tuple[str, tuple[int, ...]]
"""Quarters in words, and the positions of their periods."""


@dataclass(frozen=True)
class Need:
    """The fewest crews that meet the target over some quarters. None where no mix tried does, on these terms.

    within: positions of their periods, over which work and money are counted. alone: with the crews' regular hours.
    helped: with overtime, and contractors where there are any. can_be: False where no number of crews could, tried or
    not, as too much is due before crews can begin on it.
    """

    quarters: str
    within: tuple[int, ...]
    certainty: float
    alone: Tried | None
    helped: Tried | None
    can_be: bool


def spans_of(case: Case, quarters: Sequence[Quarter]) -> list[Span]:
    """The judged quarters together, the whole window, then each quarter."""
    periods, window = case.pool.periods, case.window
    asked: list[Span] = [("once crews hired now are in post", window.judged), ("all quarters", window.within)]
    if window.judged == window.within:
        asked = asked[1:]
    return asked + [(q.name, tuple(i for i in window.within if periods[i].quarter == q.name)) for q in quarters]


def goals_of(case: Case, spans: Sequence[Span]) -> list[Goal]:
    """What crews are dropped for: the cheapest mix, then the fewest crews of every need."""
    needs = [Goal(which, sure) for _, which in spans for sure in CERTAINTIES]
    return [Goal(case.window.judged, CERTAINTY, by_money=True), *dict.fromkeys(needs)]


def needs_of(case: Case, every: Sequence[Tried], helped: Sequence[Tried], spans: Sequence[Span]) -> list[Need]:
    return [
        Need(name, which, sure, goal.best(case, every), goal.best(case, helped), case.can_be_met(sure, which))
        for name, which in spans
        for sure in CERTAINTIES
        for goal in [Goal(which, sure)]
    ]
