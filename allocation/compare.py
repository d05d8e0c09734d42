"""Two rosters side by side: which slots differ, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from allocation.plan import Decision

KEY = ["date", "shift", "yard", "crew_type"]
FIGURES = ["crews", "on_readiness", "overtime_hours"]
LEAST_HOURS = 0.05


def roster_frame(decision: Decision) -> pd.DataFrame:
    """KEY, FIGURES, is_locked and expected_minutes: a row a date, worked shift, yard and crew type based there."""
    dense, roster = decision.dense, decision.chosen.roster
    problem = dense.problem
    yards, types = [y.name for y in problem.yards], [t.name for t in problem.crew_types]
    based = [(yards.index(e.yard), types.index(e.crew_type)) for e in problem.stationed]
    rows = [(h, n, y, k) for y, k in based for h, n in np.argwhere(dense.worked[:, :, y])]
    at = tuple(np.array(rows, dtype=np.int64).reshape(-1, 4).T)
    locked = {lock.slot for lock in problem.locks if lock.binds}
    frame = pd.DataFrame(
        {
            "date": pd.DatetimeIndex([pd.Timestamp(d) for d in problem.dates])[at[0]],
            "shift": np.array([s.name for s in problem.shifts], dtype=object)[at[1]],
            "yard": np.array(yards, dtype=object)[at[2]],
            "crew_type": np.array(types, dtype=object)[at[3]],
            "crews": roster.crews[at],
            "on_readiness": decision.ready.held[at],
            "overtime_hours": roster.overtime_hours[at],
            "expected_minutes": decision.outcome.minutes[at].sum(axis=1) @ decision.weight,
        }
    )
    slots = zip(frame["date"].dt.date, frame["shift"], frame["yard"], frame["crew_type"], strict=True)
    return frame.assign(is_locked=[slot in locked for slot in slots]).sort_values(KEY, ignore_index=True)


def changed_slots(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Slots in which crews, crews held ready or overtime differ: KEY, and each figure before and after (0 where a
    roster has no such slot). Overtime counts from 0.05 h."""
    both = before[KEY + FIGURES].merge(after[KEY + FIGURES], on=KEY, how="outer", suffixes=("_before", "_after"))
    values = [f"{name}_{side}" for name in FIGURES for side in ("before", "after")]
    both[values] = both[values].fillna(0)
    whole = [v for v in values if not v.startswith("overtime")]
    both = both.astype(dict.fromkeys(whole, "int64"))
    apart = (both["crews_before"] != both["crews_after"]) | (both["on_readiness_before"] != both["on_readiness_after"])
    apart |= (both["overtime_hours_before"] - both["overtime_hours_after"]).abs() >= LEAST_HOURS
    return both[apart].sort_values(KEY, ignore_index=True)
