"""The longest week, in hours and in whole shifts, for the crews of a yard and type together.

Crews are counted, not named. Shifts are such that a rota of whole crews exists: where a yard has at most m shifts a
crew in any seven days, crews who take turns in a fixed order have at most m each, whichever seven days one looks at.
m is how many of the longest shift worked in them fit into a week: shorter ones count as that, on the safe side.
Overtime is bounded by hours, as crews who share it evenly need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocation.constraints import Columns, Rows, place
from allocation.rule_constraints import bases
from allocation.single_rows import stacked
from allocation.surrogate import Index, Surrogate
from allocation.worked_before import WEEK, before
from domain.panel import Floats

SPECK = 1e-9


@dataclass(frozen=True)
class _Week:
    """Seven days of a yard's crews of a type. sources: those in it; crews: how many there are. hours, shifts: worked in
    the part that lies before the plan, and there the longest shift, in hours."""

    about: str
    sources: Index
    crews: int
    hours: float = 0.0
    shifts: int = 0
    longest: float = 0.0


def hours_within_longest_week(s: Surrogate, c: Columns) -> Rows:
    """In any seven days in a row a yard's crews of a type are on shift no more than their longest week each, also where
    the first of them lie before the plan."""
    longest = s.dense.problem.rules.working_time.longest_week_hours
    if longest is None:
        return stacked([])
    weeks, hours = list(_weeks(s)), _hours(s)[s.shift]
    rows = []
    for week in weeks:
        r = week.sources
        both = np.concatenate([c.crews[r], c.overtime[r]])
        upper = longest * week.crews - week.hours - float((hours * s.held)[r].sum())
        rows.append((both, np.concatenate([hours[r], np.ones(len(r))]), -np.inf, max(upper, 0.0)))
    return stacked(rows, tuple(week.about for week in weeks))


def shifts_within_longest_week(s: Surrogate, c: Columns) -> Rows:
    """In any seven days in a row a yard's crews of a type have no more shifts than as many whole ones as fit into the
    longest week of each. A single crew is bounded by its hours alone."""
    longest = s.dense.problem.rules.working_time.longest_week_hours
    if longest is None:
        return stacked([])
    weeks, hours = [week for week in _weeks(s) if week.crews > 1], _hours(s)[s.shift]
    rows = []
    for week in weeks:
        r = week.sources
        each = np.floor(longest / max(week.longest, hours[r].max()) + SPECK)
        upper = float(each * week.crews - week.shifts - s.held[r].sum())
        rows.append((c.crews[r], np.ones(len(r)), -np.inf, max(upper, 0.0)))
    return stacked(rows, tuple(week.about for week in weeks))


def _hours(s: Surrogate) -> Floats:
    """By the clock, (N,)."""
    return np.array([x.clock_minutes for x in s.dense.problem.shifts]) / 60


def _weeks(s: Surrogate) -> Iterator[_Week]:
    """Every seven days with sources in them, first those that begin before the plan, where crews were on shift then."""
    crews, worked = before(s.dense.problem)
    hours = _hours(s)
    for first in range(1 - WEEK, 0):
        for y, k in bases(s):
            done = crews[first:, :, y, k].sum(axis=0)
            r = _inside(s, 0, first + WEEK, y, k)
            if len(r) and worked[first:, y, k].sum() > 0:
                pool = max(s.dense.available[: first + WEEK, y, k].max(), crews[first:, :, y, k].sum(axis=1).max())
                before_it = float(worked[first:, y, k].sum()), int(done.sum()), float(hours[done > 0].max(initial=0.0))
                yield _Week(f"{place(s, 0, y, k)} and the days around", r, int(pool), *before_it)
    for first in range(max(len(s.dense.problem.dates) - WEEK, 0) + 1):
        for y, k in bases(s):
            r = _inside(s, first, first + WEEK, y, k)
            if len(r):
                pool = int(s.dense.available[first : first + WEEK, y, k].max(initial=0))
                yield _Week(f"{place(s, first, y, k)} and the days after", r, pool)


def _inside(s: Surrogate, first: int, end: int, y: int, k: int) -> Index:
    day = s.source[:, 1]
    return np.flatnonzero((day >= first) & (day < end) & (s.source[:, 2] == y) & (s.source[:, 3] == k))
