"""Crews lent to another yard for a day: based there on that date, and back the next."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.problem import Problem, Stationed
from domain.draft import Move
from domain.errors import WhatIfError


def with_moves(problem: Problem, moves: Iterable[Move]) -> Problem:
    """The problem with crews at other yards on single dates; a move within a yard changes nothing here.

    Raises WhatIfError naming the move: a date, yard, shift or crew type that is not planned there, too few crews.
    """
    for move in moves:
        if move.yard != move.to_yard:
            problem = _moved(problem, move)
    return problem


def move_words(move: Move) -> str:
    """2025-03-18: 1 patching from Landing Yard, day to Quarry Yard, evening."""
    way = f"from {move.yard}, {move.shift} to {move.to_yard}, {move.to_shift}"
    return f"{move.date}: {move.number} {move.crew_type} {way}"


def _moved(problem: Problem, move: Move) -> Problem:
    _is_worked(problem, move, move.to_yard, move.to_shift)
    at = problem.dates.index(move.date)
    here = _based(problem, move.yard, move.crew_type)
    if here.crews[at] < move.number:
        raise WhatIfError(
            f"{move_words(move)}: '{move.yard}' has {here.crews[at]} crews of '{move.crew_type}' that day",
            remedy=f"move at most {here.crews[at]}",
        )
    after = problem
    for entry, change in ((here, -move.number), (_based(problem, move.to_yard, move.crew_type), move.number)):
        after = _changed(after, entry, at, change)
    return after


def _is_worked(problem: Problem, move: Move, yard: str, shift: str) -> None:
    shifts = next((y.shifts for y in problem.yards if y.name == yard), ())
    dates = next((s.dates for s in problem.shifts if s.name == shift), ())
    if move.date not in problem.dates or shift not in shifts or move.date not in dates:
        raise WhatIfError(
            f"{move_words(move)}: '{yard}' does not work the shift '{shift}' that day",
            remedy="move crews to a shift that is worked, as the calendar shows them",
        )


def _based(problem: Problem, yard: str, crew_type: str) -> Stationed:
    """The crews of a type at a yard; none on any date where there are none."""
    there = next((e for e in problem.stationed if (e.yard, e.crew_type) == (yard, crew_type)), None)
    return there or Stationed(yard=yard, crew_type=crew_type, crews=(0,) * len(problem.dates))


def _changed(problem: Problem, entry: Stationed, at: int, change: int) -> Problem:
    crews = tuple(c + change if i == at else c for i, c in enumerate(entry.crews))
    new = entry.model_copy(update={"crews": crews})
    rest = [new if e is entry else e for e in problem.stationed]
    stationed = rest if new in rest else [*rest, new]
    return problem.model_copy(update={"stationed": tuple(stationed)})
