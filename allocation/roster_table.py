"""The roster as a table: crews committed ahead, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.readiness import LEVELS
from allocation.reasons import roster_reason
from allocation.story import Story

REASON_DAYS = 2
"""A reason counts the work expected up to so many days after its date."""


def roster_table(story: Story) -> pd.DataFrame:
    """Columns of `domain.tables.ROSTER` without vintage_id: one row a date, worked shift, yard and crew type."""
    rows = [_row(story, *slot) for slot in _slots(story)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["date", "shift", "yard", "crew_type"], ignore_index=True)


COLUMNS = [
    "date",
    "shift",
    "yard",
    "crew_type",
    "crews",
    "available",
    "on_readiness",
    "overtime_hours",
    "contractor_hours",
    "readiness",
    "is_locked",
    "expected_minutes",
    "reason",
]


def _slots(story: Story) -> list[tuple[int, int, int, int]]:
    """Every date × worked shift × yard × crew type based there, crews or none."""
    problem = story.dense.problem
    yards = {yard.name: i for i, yard in enumerate(problem.yards)}
    types = {crew_type.name: i for i, crew_type in enumerate(problem.crew_types)}
    based = [(yards[entry.yard], types[entry.crew_type]) for entry in problem.stationed]
    return [(int(h), int(n), y, k) for y, k in based for h, n in np.argwhere(story.dense.worked[:, :, y])]


def _row(story: Story, h: int, n: int, y: int, k: int) -> dict[str, object]:
    problem, roster = story.dense.problem, story.roster
    slot = (h, n, y, k)
    contract = problem.crew_types[k].contract
    name = (problem.dates[h], problem.shifts[n].name, problem.yards[y].name, problem.crew_types[k].name)
    return {
        "date": pd.Timestamp(problem.dates[h]),
        "shift": problem.shifts[n].name,
        "yard": problem.yards[y].name,
        "crew_type": problem.crew_types[k].name,
        "crews": int(roster.crews[slot]),
        "available": int(story.dense.available[h, y, k]),
        "on_readiness": int(story.held[slot]),
        "overtime_hours": float(roster.overtime_hours[slot]),
        "contractor_hours": float(roster.crews[slot] * problem.shifts[n].minutes / 60) if contract else 0.0,
        "readiness": LEVELS[int(story.level[h, y])],
        "is_locked": any(lock.binds and lock.slot == name for lock in problem.locks),
        "expected_minutes": float(story.outcome.minutes[slot].sum(axis=0) @ story.weight),
        "reason": _reason(story, *slot),
    }


def _reason(story: Story, h: int, n: int, y: int, k: int) -> str:
    dense = story.dense
    (open_jobs, late), waiting = story.open_before(h), story.waiting_on(h)
    last = min(h + REASON_DAYS, len(dense.problem.dates) - 1)
    to_come = story.filed[:, :, h : last + 1].sum(axis=2)
    areas = dense.reach[k, y]
    able = [(j, dense.work[j].category) for j in np.flatnonzero(dense.skilled[k])]
    told = roster_reason(
        crews=int(story.roster.crews[h, n, y, k]),
        crew_type=dense.problem.crew_types[k].name,
        available=int(dense.available[h, y, k]),
        open_jobs={name: float(open_jobs[j, areas].sum()) for j, name in able},
        late_jobs={name: float(late[j, areas].sum()) for j, name in able},
        to_come={name: float(to_come[j, areas].sum()) for j, name in able},
        waiting={name: float(waiting[j, areas].sum()) for j, name in able},
        until=dense.problem.dates[last],
        is_first=h == 0,
        snow_share=float(story.snow_share[h, k]),
        overtime_hours=float(story.roster.overtime_hours[h, n, y, k]),
        held=int(story.held[h, n, y, k]),
        stopped={} if story.stopped is None else {name: float(story.stopped[h, k, j]) for j, name in able},
    )
    return told if dense.problem.crew_types[k].contract is None else f"contractor: {told}"
