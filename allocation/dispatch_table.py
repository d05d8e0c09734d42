"""Where crews are expected to go: areas by name up to the second working day, then yard and shift with a range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.dense import Bools, Dense
from allocation.reasons import dispatch_reason
from allocation.staffing import upper_quantile
from allocation.story import Story
from domain.panel import Floats
from domain.words import CITY_LEVEL

LOW, HIGH = 0.1, 0.9
SMALLEST = 1e-6


def dispatch_table(story: Story) -> pd.DataFrame:
    """Columns of `domain.tables.DISPATCH` without vintage_id.

    Jobs late in an area are split over the rows that serve it that day by their minutes, so rows sum to the total;
    where nobody serves it, a row without crews at the nearest yard that works that day carries them.
    """
    late_in_all = np.transpose(story.outcome.late_all @ story.weight, (2, 0, 1))
    late = _late_by_row(story, late_in_all)
    cells = np.asarray((story.outcome.minutes_by_area > SMALLEST) | (late > SMALLEST))
    named, pooled = cells.copy(), np.asarray(cells.any(axis=-1))
    named[story.named_dates :] = False
    pooled[: story.named_dates] = False
    rows = [_named(story, late, late_in_all, named), _pooled(story, late, late_in_all, pooled)]
    keys = ["date", "shift", "yard", "crew_type", "area", "category"]
    return pd.concat(rows).sort_values(keys, ignore_index=True)


def _late_by_row(story: Story, late: Floats) -> Floats:
    """Mean late jobs of each area and date, (H, J, A), given to rows (H, N, Y, K, J, A)."""
    minutes = story.outcome.minutes_by_area
    total = minutes.sum(axis=(1, 2, 3))
    served = total > SMALLEST
    share = np.divide(
        minutes, total[:, None, None, None], out=np.zeros_like(minutes), where=served[:, None, None, None]
    )
    by_row = share * late[:, None, None, None]
    for h, j, a in np.argwhere(~served & (late > SMALLEST)):
        home = _home(story.dense, int(h), int(j), int(a))
        if home is not None:
            by_row[(h, *home, j, a)] = late[h, j, a]
    result: Floats = by_row
    return result


def _home(dense: Dense, h: int, j: int, a: int) -> tuple[int, int, int] | None:
    """Shift, yard and type that an unserved area's row is listed under: the nearest with the skill, crews or none."""
    problem = dense.problem
    yards = [y.name for y in problem.yards]
    types = [t.name for t in problem.crew_types]
    based = [(yards.index(e.yard), types.index(e.crew_type)) for e in problem.stationed]
    able = [(y, k) for y, k in based if dense.skilled[k, j] and dense.worked[h, :, y].any()]
    if not able:
        return None
    y, k = min(able, key=lambda at: (dense.drive[at[0], a], at))
    return int(np.argmax(dense.worked[h, :, y])), y, k


def _named(story: Story, late: Floats, late_in_all: Floats, cells: Bools) -> pd.DataFrame:
    at = tuple(np.nonzero(cells))
    h, _, _, _, j, a = at
    slots = np.unique(np.column_stack(at[:4]), axis=0)
    empty = np.zeros((*cells.shape[4:], len(story.weight)))
    low, high = np.zeros(len(h)), np.zeros(len(h))
    for slot in slots:
        rows = np.flatnonzero((np.column_stack(at[:4]) == slot).all(axis=1))
        slot_h, slot_n, slot_y, slot_k = (int(i) for i in slot)
        draws = story.outcome.area_minutes.get((slot_h, slot_n, slot_y, slot_k), empty)[j[rows], a[rows]]
        low[rows] = upper_quantile(draws, story.weight, LOW)
        high[rows] = upper_quantile(draws, story.weight, HIGH)
    minutes = story.outcome.minutes_by_area[at]
    every = story.outcome.minutes_by_area[at[:4]].sum(axis=(1, 2))
    share = np.divide(minutes, every, out=np.zeros_like(minutes), where=every > 0)
    names = np.array([area.area for area in story.dense.problem.areas], dtype=object)[a]
    return _frame(
        story,
        at[:5],
        area=names,
        minutes=minutes,
        served=story.outcome.served_by_area[at],
        late=late[at],
        late_in_all=late_in_all[h, j, a],
        value=story.value[at[:4]] * share,
        low=low,
        high=high,
        backlog=story.open_now[j, a],
        late_now=story.late_now[j, a],
        waiting=story.waiting_on(0)[j, a],
        to_come=story.filed.cumsum(axis=2)[j, a, h],
    )


def _pooled(story: Story, late: Floats, late_in_all: Floats, cells: Bools) -> pd.DataFrame:
    at = tuple(np.nonzero(cells))
    h, _, y, k, j = at
    draws = story.outcome.minutes[at]
    minutes = draws @ story.weight
    every = story.outcome.minutes[at[:4]].sum(axis=1) @ story.weight
    share = np.divide(minutes, every, out=np.zeros_like(minutes), where=every > 0)
    reach, share_late = story.dense.reach[k, y], late[at].sum(axis=1)
    return _frame(
        story,
        at,
        area=np.full(len(h), CITY_LEVEL, dtype=object),
        minutes=minutes,
        served=story.outcome.served_by_area[at].sum(axis=1),
        late=share_late,
        late_in_all=np.maximum((late_in_all[h, j] * reach).sum(axis=1), share_late),
        value=story.value[at[:4]] * share,
        low=upper_quantile(draws, story.weight, LOW),
        high=upper_quantile(draws, story.weight, HIGH),
        backlog=(story.open_now[j] * reach).sum(axis=1),
        late_now=(story.late_now[j] * reach).sum(axis=1),
        waiting=(story.waiting_on(0)[j] * reach).sum(axis=1),
        to_come=(story.filed.cumsum(axis=2)[j, :, h] * reach).sum(axis=1),
    )


def _frame(
    story: Story,
    at: tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...],
    *,
    area: object,
    minutes: Floats,
    served: Floats,
    late: Floats,
    late_in_all: Floats,
    value: Floats,
    low: Floats,
    high: Floats,
    backlog: Floats,
    late_now: Floats,
    waiting: Floats,
    to_come: Floats,
) -> pd.DataFrame:
    dense = story.dense
    h, n, y, k, j = at
    whole = (dense.net_minutes[n, k] + _overtime(story, h, n, y, k)).clip(min=1e-9)
    frame = pd.DataFrame(
        {
            "date": pd.DatetimeIndex([pd.Timestamp(d) for d in dense.problem.dates])[h],
            "shift": np.array([s.name for s in dense.problem.shifts], dtype=object)[n],
            "yard": np.array([s.name for s in dense.problem.yards], dtype=object)[y],
            "crew_type": np.array([t.name for t in dense.problem.crew_types], dtype=object)[k],
            "area": area,
            "category": np.array([w.category for w in dense.work], dtype=object)[j],
            "crews": minutes / whole,
            "expected_minutes": minutes,
            "minutes_low": low,
            "minutes_high": high,
            "expected_served": served,
            "expected_late": late,
            "backlog_jobs": backlog,
            "marginal_value": value,
        }
    )
    until = [dense.problem.dates[i] for i in h]
    frame["reason"] = [
        dispatch_reason(
            category=t, area=str(a), backlog=b, late_now=ln, to_come=c, until=u, served=s, late=lt, late_in_all=la,
            waiting=w,
        )
        for t, a, b, ln, c, u, s, lt, la, w in zip(
            frame["category"], frame["area"], backlog, late_now, to_come, until, served, late, late_in_all, waiting,
            strict=True,
        )
    ]  # fmt: skip
    return frame


def _overtime(story: Story, h: np.ndarray, n: np.ndarray, y: np.ndarray, k: np.ndarray) -> Floats:
    crews, hours = story.roster.crews[h, n, y, k], story.roster.overtime_hours[h, n, y, k]
    each: Floats = np.divide(hours * 60, crews, out=np.zeros(len(h)), where=crews > 0)
    return each
