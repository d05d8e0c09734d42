"""The constraints that a city's `rules` and contracts put on the roster, one named function each.

Crews are counted, not named: the rows bound what a yard's crews of a type do together. For rest that is enough for a
rota to exist, since a shift that ends later forbids all that an earlier one forbids. The longest week has a module of
its own, `allocation.week_constraints`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from allocation.constraints import Columns, Rows, place
from allocation.dense import Bools
from allocation.orders import runs_on, still_to_order
from allocation.roster_cost import min_hours
from allocation.single_rows import Row, stacked
from allocation.surrogate import Surrogate
from allocation.worked_before import before
from domain.panel import Floats


def rest_between_shifts(s: Surrogate, c: Columns) -> Rows:
    """Crews on a shift and those on shifts that start before they have rested are different crews: also where the shift
    was the last before the plan."""
    least = s.dense.problem.rules.working_time.minimum_rest_hours * 60
    shifts = s.dense.problem.shifts
    start = np.array([x.start_minute for x in shifts])
    end = np.array([x.start_minute + x.clock_minutes + x.overtime_minutes for x in shifts])
    rows: list[Row] = []
    labels: list[str] = []
    if least:
        for name, row in _rest_from_before(s, c, start, end, least):
            rows.append(row)
            labels.append(name)
        for day, after in pairwise(range(len(s.dense.problem.dates))):
            for ends in np.unique(end):
                tired = (s.source[:, 1] == day) & (end[s.shift] >= ends)
                early = (s.source[:, 1] == after) & (start[s.shift] + 1440 < ends + least)
                for y, k, row in _within_crews(s, c, tired, early):
                    rows.append(row)
                    labels.append(f"{place(s, day, y, k)} and {s.dense.problem.dates[after]}")
    return stacked(rows, tuple(labels))


def equipment_within_number(s: Surrogate, c: Columns) -> Rows:
    """On each date no more crews that need a machine go out than there are machines."""
    names = [t.name for t in s.dense.problem.crew_types]
    rows: list[Row] = []
    labels = []
    for machine in s.dense.problem.rules.equipment:
        needs = np.isin(s.source[:, 3], [names.index(t) for t in machine.crew_types])
        for day in range(len(s.dense.problem.dates)):
            r = np.flatnonzero(needs & (s.source[:, 1] == day))
            rows.append((c.crews[r], np.ones(len(r)), -np.inf, max(float(machine.number - s.held[r].sum()), 0.0)))
            labels.append(f"{machine.name} on {s.dense.problem.dates[day]}")
    return stacked(rows, tuple(labels))


def overtime_in_paid_blocks(s: Surrogate, c: Columns) -> Rows:
    """A crew called in works at least what it is paid for, and no crew works overtime without being called in."""
    rows: list[Row] = []
    for r in range(len(c.called)):
        least, most = min_hours(s.dense)[s.shift[r]], s.over[r] / 60
        pair = np.array([c.overtime[r], c.called[r]])
        rows.append((pair, np.array([1.0, -least]), 0.0, np.inf))
        rows.append((pair, np.array([1.0, -most]), -np.inf, 0.0))
        rows.append((np.array([c.called[r], c.crews[r]]), np.array([1.0, -1.0]), -np.inf, 0.0))
    return stacked(rows)


def contractors_as_ordered(s: Surrogate, c: Columns) -> Rows:
    """A contractor's crews come only once hired."""
    rows: list[Row] = []
    for i, k in enumerate(s.hired):
        for r in np.flatnonzero(s.source[:, 3] == k):
            most = float(s.crews_left[s.source[r, 1], s.source[r, 2], k])
            rows.append((np.array([c.crews[r], c.hired[i]]), np.array([1.0, -most]), -np.inf, 0.0))
    return stacked(rows)


def smallest_orders_kept(s: Surrogate, c: Columns) -> Rows:
    """A contractor once hired is ordered for at least its smallest order of jobs; of an order that runs on, what is
    missing to it."""
    rows: list[Row] = []
    labels = []
    for i, k in enumerate(s.hired):
        hired = s.dense.problem.crew_types[k]
        assert hired.contract is not None
        is_new = not runs_on(s.dense.problem, hired.name)
        least = hired.contract.minimum_order_jobs if is_new else still_to_order(s.dense, int(k))
        if least:
            mine = np.flatnonzero(s.source[:, 3] == k)
            jobs = np.full(len(mine), hired.contract.jobs_per_shift.value)
            if is_new:
                rows.append((np.append(c.crews[mine], c.hired[i]), np.append(jobs, -least), 0.0, np.inf))
            else:
                rows.append((c.crews[mine], jobs, least, np.inf))
            labels.append(f"{hired.name}: at least {least:g} jobs")
    return stacked(rows, tuple(labels))


def jobs_within_order(s: Surrogate, c: Columns) -> Rows:
    """In each scenario a contractor's crews do no more jobs than they are paid for, whatever their minutes hold."""
    rows: list[Row] = []
    for r in np.flatnonzero(np.isin(s.source[:, 3], s.hired)):
        links = np.flatnonzero(s.link[:, 0] == r)
        for w in range(len(s.weight)):
            most = float(s.there[w, r] * s.dense.jobs_a_shift[s.source[r, 3]])
            columns = np.append(c.jobs[w, links], c.crews[r])
            rows.append((columns, np.append(np.ones(len(links)), -most), -np.inf, 0.0))
    return stacked(rows)


def _rest_from_before(s: Surrogate, c: Columns, start: Floats, end: Floats, least: float) -> Iterator[tuple[str, Row]]:
    """Rows of the first date for each yard and type with crews on shift the day before."""
    crews, _ = before(s.dense.problem)
    for y, k in bases(s):
        worked = crews[-1, :, y, k]
        here = (s.source[:, 1] == 0) & (s.source[:, 2] == y) & (s.source[:, 3] == k)
        pool = max(int(s.dense.available[0, y, k]), int(worked.sum()))
        for ends in np.unique(end[worked > 0]):
            tired = float(worked[end >= ends].sum())
            r = np.flatnonzero(here & (start[s.shift] + 1440 < ends + least))
            if len(r):
                upper = max(pool - tired - float(s.held[r].sum()), 0.0)
                yield f"{place(s, 0, y, k)}, after the day before", (c.crews[r], np.ones(len(r)), -np.inf, upper)


def bases(s: Surrogate) -> list[tuple[int, int]]:
    """Yards and types with sources."""
    return [(int(y), int(k)) for y, k in np.unique(s.source[:, 2:4], axis=0)]


def _within_crews(s: Surrogate, c: Columns, one: Bools, other: Bools) -> Iterator[tuple[int, int, Row]]:
    """For each yard and type with sources in both sets: crews on all of them are at most those based there."""
    for y, k in bases(s):
        here = (s.source[:, 2] == y) & (s.source[:, 3] == k)
        if (here & one).any() and (here & other).any():
            r = np.flatnonzero(here & (one | other))
            pool = float(s.dense.available[np.unique(s.source[r, 1]), y, k].max())
            yield y, k, (c.crews[r], np.ones(len(r)), -np.inf, max(pool - float(s.held[r].sum()), 0.0))
