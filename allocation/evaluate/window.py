"""A long problem cut to some days, its crews moved between yards."""

from __future__ import annotations

from datetime import date

import numpy as np

from allocation.dense import Counts, Dense, dense
from allocation.problem import Problem, Stationed

Stations = tuple[tuple[int, ...], ...]
"""Crews by yard and crew type, (Y, K), on days when the yard works."""


def cut(problem: Problem, first: date, days: int) -> Problem:
    """The same problem over `days` of its dates from `first` on."""
    at = problem.dates.index(first)
    if at + days > len(problem.dates):
        raise ValueError(f"{days} days from {first} reach beyond the problem's last date {problem.dates[-1]}")
    stationed = tuple(s.model_copy(update={"crews": s.crews[at : at + days]}) for s in problem.stationed)
    return problem.model_copy(update={"dates": problem.dates[at : at + days], "stationed": stationed})


def configured(problem: Problem) -> Stations:
    """Crews by yard and type as the city has them: the most of any date."""
    held = {(s.yard, s.crew_type): max(s.crews, default=0) for s in problem.stationed}
    return tuple(tuple(held.get((y.name, t.name), 0) for t in problem.crew_types) for y in problem.yards)


def stationed(problem: Problem, stations: Stations) -> Problem:
    """The problem with other crews at its yards: none on days when a yard works no shift, or a contractor does not."""
    entries = []
    for y, yard in enumerate(problem.yards):
        worked = {d for s in problem.shifts if s.name in yard.shifts for d in s.dates}
        for k, crew_type in enumerate(problem.crew_types):
            firm = crew_type.contract
            days = worked if firm is None else {d for d in worked if firm.holds_on(d)}
            crews = tuple(stations[y][k] if d in days else 0 for d in problem.dates)
            entries.append(Stationed(yard=yard.name, crew_type=crew_type.name, crews=crews))
    return problem.model_copy(update={"stationed": tuple(entries)})


class Windows:
    """Dense arrays of a long problem by first date, days and stations; each is built once."""

    def __init__(self, problem: Problem, keep: int = 512) -> None:
        self.problem, self._keep = problem, keep
        self._built: dict[tuple[date, int, Stations], Dense] = {}

    def dense(self, first: date, days: int, stations: Stations) -> Dense:
        key = (first, days, stations)
        if key not in self._built:
            if len(self._built) >= self._keep:
                self._built.clear()
            self._built[key] = dense(stationed(cut(self.problem, first, days), stations))
        return self._built[key]


def longest_shift(dense: Dense, h: int) -> Counts:
    """The longest shift each yard works on date h, (Y,); −1 where it works none."""
    length = np.where(dense.worked[h], dense.minutes[:, None], -1.0)
    best: Counts = np.where(dense.worked[h].any(axis=0), length.argmax(axis=0), -1)
    return best
