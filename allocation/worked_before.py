"""What crews worked in the week before the plan, so that rest and the longest week do not begin anew every morning.

It is what the last vintages rostered: the shifts of the last one, and before its first date what its own problem holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np
import pandas as pd

from allocation.dense import Counts
from allocation.problem import Problem, WorkedShift
from domain.crew_rules import WorkingTime
from domain.panel import Floats

WEEK = 7


def looks_back(problem: Problem) -> bool:
    """Whether any rule depends on what crews worked before the plan."""
    return problem.rules.working_time != WorkingTime()


def with_worked_before(problem: Problem, roster: pd.DataFrame, earlier: Iterable[WorkedShift] = ()) -> Problem:
    """roster: of the last vintage (columns of `domain.tables.ROSTER`). earlier: shifts before its first date."""
    first = problem.dates[0]
    there = {(e.yard, s, e.crew_type) for e in problem.stationed for y in problem.yards if y.name == e.yard
             for s in y.shifts}  # fmt: skip
    kept = [
        shift
        for shift in (*earlier, *_rostered(roster))
        if first - timedelta(days=WEEK) <= shift.date < first and (shift.yard, shift.shift, shift.crew_type) in there
    ]
    return problem.model_copy(update={"worked_before": tuple(kept)})


def _rostered(roster: pd.DataFrame) -> Iterator[WorkedShift]:
    table = roster.assign(crews=roster["crews"] + roster["on_readiness"], date=roster["date"].dt.date)
    for row in table.loc[table["crews"] > 0, list(WorkedShift.model_fields)].to_dict("records"):
        yield WorkedShift.model_validate(row)


def before(problem: Problem) -> tuple[Counts, Floats]:
    """Crews by slot of the seven days before the first date, (7, N, Y, K), and hours on shift by the clock with
    overtime, (7, Y, K), all crews together; the last is the day before it."""
    shifts, yards = [s.name for s in problem.shifts], [y.name for y in problem.yards]
    types = [t.name for t in problem.crew_types]
    crews = np.zeros((WEEK, len(shifts), len(yards), len(types)), dtype=np.int64)
    hours = np.zeros((WEEK, len(yards), len(types)))
    for one in problem.worked_before:
        day, n = (one.date - problem.dates[0]).days + WEEK, shifts.index(one.shift)
        y, k = yards.index(one.yard), types.index(one.crew_type)
        crews[day, n, y, k] += one.crews
        hours[day, y, k] += one.crews * problem.shifts[n].clock_minutes / 60 + one.overtime_hours
    return crews, hours
