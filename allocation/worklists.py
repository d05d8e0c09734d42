"""Who drives where: for each crew of the next two working days the open jobs it is expected to do, in driving order.

The dispatch rule says how many jobs of a category a slot is expected to serve in an area. So many open requests of that
area are taken, the earliest due first, and shared out over the slot's crews along one round trip; each crew's share is
then ordered by nearest neighbour and 2-opt from the yard (Croes 1958). Where a coordinate is missing, the order is by
the area's drive from the yard, then by due time. What is filed meanwhile is not on any list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.dense import Dense
from allocation.problem import WorkRule, YardSite
from allocation.work import jobs_per_request
from domain.panel import Floats
from domain.words import CITY_LEVEL

COLUMNS = [
    "date", "shift", "yard", "crew_type", "crew", "stop", "request_id", "category", "area", "lat", "lon", "due_at",
    "is_late",
]  # fmt: skip
KEY = ["date", "shift", "yard", "crew_type"]
KM_A_DEGREE = 111.19
LEAST_EXPECTED = 0.5
"""Expected jobs of an area from which a first request is put on a list."""


@dataclass(frozen=True)
class _Slot:
    """One yard's crews of one type in one shift, and the jobs expected of them: (category, area, jobs)."""

    key: tuple[pd.Timestamp, str, str, str]
    crews: int
    expected: tuple[tuple[str, str, float], ...]


def worklists(dense: Dense, roster: pd.DataFrame, dispatch: pd.DataFrame, backlog: pd.DataFrame) -> pd.DataFrame:
    """Columns COLUMNS, a row a stop: tables of `domain.tables` without vintage_id. No request is on two lists."""
    problem = dense.problem
    waiting = backlog[~backlog["is_stale"].astype(bool)].sort_values(["due_at", "request_id"], kind="stable")
    queues = {(str(c), str(a)): list(rows.index) for (c, a), rows in waiting.groupby(["category", "area"])}
    yards = {y.name: y for y in problem.yards}
    areas = {a.area: i for i, a in enumerate(problem.areas)}
    parts = []
    for slot in _slots(roster, dispatch):
        chosen = waiting.loc[_taken(slot, queues, {w.category: w for w in dense.work})]
        yard = yards[slot.key[2]]
        for crew, rows in enumerate(_shared(chosen, slot.crews, yard, areas), start=1):
            route = rows.iloc[_order(rows, yard, areas)]
            day, shift, name, crew_type = slot.key
            told = route.assign(shift=shift, yard=name, crew_type=crew_type, crew=crew)
            parts.append(told.assign(date=day, stop=np.arange(1, len(route) + 1)))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts)[COLUMNS].sort_values([*KEY, "crew", "stop"], ignore_index=True)


def _slots(roster: pd.DataFrame, dispatch: pd.DataFrame) -> list[_Slot]:
    """Slots with named areas, in the order of the day; event crews held ready drive too, as they come."""
    named = dispatch[(dispatch["area"] != CITY_LEVEL) & (dispatch["expected_served"] > 0)]
    manned = roster.assign(crews=roster["crews"] + roster["on_readiness"]).query("crews > 0").sort_values(KEY)
    slots = []
    for row in manned[[*KEY, "crews"]].itertuples(index=False):
        day, shift, yard, crew_type, crews = row
        mine = (named["date"] == day) & (named["shift"] == shift) & (named["yard"] == yard)
        rows = named[mine & (named["crew_type"] == crew_type)]
        expected = tuple(zip(rows["category"], rows["area"], rows["expected_served"], strict=True))
        slots.append(_Slot((day, shift, yard, crew_type), int(crews), expected))
    return slots


def _taken(slot: _Slot, queues: dict[tuple[str, str], list[object]], work: dict[str, WorkRule]) -> list[object]:
    """Index labels of the requests that the slot's crews are expected to do; taken off the queues."""
    taken: list[object] = []
    for category, area, jobs in slot.expected:
        if jobs >= LEAST_EXPECTED:
            queue = queues.get((category, area), [])
            size = round(jobs / max(jobs_per_request(work[category].conversion), 1e-9))
            taken += queue[:size]
            del queue[:size]
    return taken


def _shared(rows: pd.DataFrame, crews: int, yard: YardSite, areas: dict[str, int]) -> list[pd.DataFrame]:
    """The rows parted along one round trip, as evenly as they can be."""
    whole = rows.iloc[_order(rows, yard, areas)]
    return [whole.iloc[part] for part in np.array_split(np.arange(len(whole)), crews) if len(part)]


def _order(rows: pd.DataFrame, yard: YardSite, areas: dict[str, int]) -> list[int]:
    """Positions of the rows in driving order."""
    points = rows[["lat", "lon"]].to_numpy(dtype=float)
    if yard.lat is None or yard.lon is None or np.isnan(points).any():
        drive = [yard.drive[areas[a]] if a in areas else None for a in rows["area"]]
        far = np.array([np.inf if d is None else d for d in drive])
        return [int(i) for i in np.lexsort((np.arange(len(rows)), rows["area"].astype(str), far))]
    scale = np.array([1.0, np.cos(np.radians(yard.lat))]) * KM_A_DEGREE
    plane = (points - np.array([yard.lat, yard.lon])) * scale
    return round_trip(plane)


def round_trip(points: Floats) -> list[int]:
    """Order of points (n, 2) on a short round trip from (0, 0): nearest neighbour, then 2-opt to its end."""
    all_points = np.vstack([np.zeros((1, 2)), points])
    apart = np.hypot(*(all_points[:, None] - all_points[None]).transpose(2, 0, 1))
    tour, left = [0], set(range(1, len(all_points)))
    while left:
        tour.append(min(left, key=lambda i: (apart[tour[-1], i], i)))
        left.remove(tour[-1])
    return [i - 1 for i in _two_opt([*tour, 0], apart)[1:-1]]


def _two_opt(tour: list[int], apart: Floats) -> list[int]:
    """Reverse stretches of a closed tour while that shortens it."""
    shorter = True
    while shorter:
        shorter = False
        for i in range(1, len(tour) - 2):
            for j in range(i + 1, len(tour) - 1):
                a, b, c, d = tour[i - 1], tour[i], tour[j], tour[j + 1]
                if apart[a, c] + apart[b, d] < apart[a, b] + apart[c, d] - 1e-9:
                    tour[i : j + 1] = reversed(tour[i : j + 1])
                    shorter = True
    return tour
