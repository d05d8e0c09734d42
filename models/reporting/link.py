"""Which reports are of one incident: the feed's own word where it has one, else a stated rule in space and time.

A report repeats an earlier one where the feed says so (`duplicate_of`); else where both have coordinates at most
`NEAR_M` apart and the later one was filed while the earlier was open, at most `OPEN_DAYS` after it. Where a category
keeps no coordinates: where both name one area, the later was filed while the earlier was open, and both were closed at
the very same moment, as systems do that close linked reports together (`closings_tell` says whether that holds).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from domain.panel import Floats
from models.reporting.reports import Bools, Longs, Reports

NEAR_M = 60.0
"""Two fixes of one place by phones lie 20 to 40 m apart."""
OPEN_DAYS = 30.0
"""An incident is followed for so long: what stays open longer is often forgotten rather than still there."""
HEAVY_DAYS = 4.0
"""Incidents begun on a day with more first reports than so many times the mean are left out: in a storm several
incidents lie at one place at once, and nobody can tell them from repeats of one."""
SHARED_CLOSINGS = 0.05
"""Closing moments tell incidents apart while at most this share of the rows shares one with another area."""


@dataclass(frozen=True)
class Incidents:
    """I incidents with an area: those whose further reports would be seen.

    area: (I,). first, until: (I,) days since 1970, of the first report and of the end of the watch. incident, age:
    (N,) of each further report within the watch, the place of its incident and its days since the first report.
    others: (I,) other incidents begun a day at the same spot, over the whole history: those that begin while this
    one is watched are taken for repeats of it.
    """

    area: Longs
    first: Floats
    until: Floats
    incident: Longs
    age: Floats
    others: Floats


def by_place(reports: Reports, now: float) -> Incidents:
    """Incidents of a category with coordinates; `now` in days since 1970 ends every watch.

    A row without coordinates that the feed links to nothing could be either and is left out.
    """
    end = _ends(reports, now)
    head = np.arange(len(reports))
    open_here: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in range(len(reports)):
        earlier = int(reports.of[row]) if reports.of[row] >= 0 else _near(reports, end, open_here, row)
        if earlier >= 0:
            head[row] = head[earlier]
        elif np.isfinite(reports.x[row]):
            open_here[_cell(reports, row)].append(row)
    found, heads = _watched(reports, head, end, reports.is_placed)
    spots = cKDTree(np.column_stack([reports.x, reports.y])[_heads(head, reports.is_placed)])
    near = spots.query_ball_point(np.column_stack([reports.x, reports.y])[heads], NEAR_M, return_length=True)
    days = max(now - float(reports.created.min(initial=now)), 1.0)
    return replace(found, others=np.asarray(near - 1, dtype=float) / days)


def by_closing(reports: Reports, now: float) -> Incidents:
    """Incidents of a category without coordinates: one area, one closing moment. Rows still open are left out."""
    head = np.arange(len(reports))
    seen: dict[tuple[int, float], int] = {}
    is_closed = np.isfinite(reports.closed)
    for row in np.flatnonzero(is_closed):
        found = int(reports.of[row])
        if found < 0:
            found = seen.setdefault((int(reports.area[row]), float(reports.closed[row])), int(row))
        head[row] = head[found]
    return _watched(reports, head, _ends(reports, now), is_closed)[0]


def shared_closings(reports: Reports) -> float:
    """Share of the closed rows whose closing moment is also that of a row in another area."""
    closed = np.isfinite(reports.closed) & (reports.area >= 0)
    if not closed.any():
        return 1.0
    moment, at = np.unique(reports.closed[closed], return_inverse=True)
    area = reports.area[closed]
    lowest = np.full(len(moment), np.iinfo(np.int64).max)
    highest = np.full(len(moment), -1)
    np.minimum.at(lowest, at, area)
    np.maximum.at(highest, at, area)
    return float((lowest != highest)[at].mean())


def _ends(reports: Reports, now: float) -> Floats:
    """End of the watch over each row were it a first report: its closing, OPEN_DAYS, or now."""
    end: Floats = np.fmin(np.fmin(reports.closed, reports.created + OPEN_DAYS), now)
    return np.maximum(end, reports.created)


def _cell(reports: Reports, row: int) -> tuple[int, int]:
    return int(reports.x[row] // NEAR_M), int(reports.y[row] // NEAR_M)


def _near(reports: Reports, end: Floats, open_here: dict[tuple[int, int], list[int]], row: int) -> int:
    """The nearest open first report within NEAR_M, or −1; what is over is forgotten on the way."""
    if not np.isfinite(reports.x[row]):
        return -1
    x, y, now = reports.x[row], reports.y[row], reports.created[row]
    cx, cy = _cell(reports, row)
    best, found = NEAR_M**2, -1
    for key in [(cx + i, cy + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]:
        if key in open_here:
            open_here[key] = still = [r for r in open_here[key] if end[r] >= now]
            for other in still:
                apart = (reports.x[other] - x) ** 2 + (reports.y[other] - y) ** 2
                if apart <= best:
                    best, found = apart, other
    return found


def _heads(head: Longs, can_head: Bools) -> Bools:
    """Rows that are the first report of an incident, (R,)."""
    first: Bools = (head == np.arange(len(head))) & can_head
    return first


def _watched(reports: Reports, head: Longs, end: Floats, can_head: Bools) -> tuple[Incidents, Longs]:
    """Heads that name an area and lead to what can be seen, with their further reports inside the watch; their rows."""
    is_head = _heads(head, can_head) & (reports.area >= 0)
    is_head &= ~_on_heavy_day(reports, is_head)
    place = np.cumsum(is_head) - 1
    further = np.flatnonzero((head != np.arange(len(reports))) & is_head[head])
    further = further[reports.created[further] <= end[head[further]]]
    found = Incidents(
        area=reports.area[is_head],
        first=reports.created[is_head],
        until=end[is_head],
        incident=place[head[further]],
        age=reports.created[further] - reports.created[head[further]],
        others=np.zeros(int(is_head.sum())),
    )
    return found, np.flatnonzero(is_head)


def _on_heavy_day(reports: Reports, is_head: Bools) -> Bools:
    """Rows filed on a day (UTC) with unusually many first reports in the whole city, (R,)."""
    day = np.floor(reports.created).astype(np.int64)
    day -= day.min() if len(day) else 0
    firsts = np.bincount(day[is_head], minlength=int(day.max(initial=0)) + 1)
    span = day[is_head]
    mean = len(span) / (np.ptp(span) + 1) if len(span) else 0.0
    heavy: Bools = firsts[day] > HEAVY_DAYS * mean
    return heavy
