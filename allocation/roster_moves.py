"""Small changes of a roster: a crew to another shift of its day, overtime bought or dropped, a contractor's crew
ordered or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.roster_cost import is_hired, min_hours
from domain.panel import Floats


@dataclass(frozen=True)
class Plan:
    """crews: (H, N, Y, K). hours: overtime hours, the same shape."""

    crews: Counts
    hours: Floats


NOBODY = -1
"""Where a contractor's crews are that work no shift: unlike own crews they cost nothing there."""


@dataclass(frozen=True)
class Move:
    """One change at a yard and crew type on some dates: `giver` → `taker` shift, or of one shift's overtime by
    `crews_over` crews' whole overtime (None: a crew moves). A contractor's crew comes from NOBODY, or goes there."""

    dates: Counts
    y: int
    k: int
    giver: int
    taker: int
    crews_over: int | None


def moves(dense: Dense, plan: Plan, dates: Counts) -> Iterator[Move]:
    """Every move on all of `dates` at once that changes anything, in a fixed order."""
    hired = is_hired(dense)
    for y, k in np.argwhere(dense.available[dates].any(axis=0)):
        here = plan.crews[dates][:, :, y, k]
        for n in np.flatnonzero(dense.worked[dates][:, :, y].any(axis=0)):
            for m in np.flatnonzero(here.any(axis=0)):
                if m != n:
                    yield Move(dates, int(y), int(k), int(m), int(n), None)
            if hired[k]:
                if (here.sum(axis=1) < dense.available[dates, y, k]).any():
                    yield Move(dates, int(y), int(k), NOBODY, int(n), None)
                if here[:, n].any():
                    yield Move(dates, int(y), int(k), int(n), NOBODY, None)
            elif here[:, n].any() and dense.overtime[n] > 0:
                for crews in _steps(int(here[:, n].max()), len(dates)):
                    yield Move(dates, int(y), int(k), int(n), int(n), crews)


def _steps(crews: int, dates: int) -> list[int]:
    """Overtime bought and dropped: of all crews, and on a single date of one crew too."""
    return sorted({-crews, crews} if dates > 1 else {-crews, -1, 1, crews})


def made(dense: Dense, plan: Plan, move: Move) -> Plan:
    """The roster after the move; overtime stays within what the crews left on a shift may work."""
    crews, hours = plan.crews.copy(), plan.hours.copy()
    d, y, k = move.dates, move.y, move.k
    limit = dense.overtime_by_type[:, k] / 60
    if move.crews_over is None:
        at = d[_can(dense, crews, move)]
        if move.giver != NOBODY:
            crews[at, move.giver, y, k] -= 1
        if move.taker != NOBODY:
            crews[at, move.taker, y, k] += 1
    else:
        n = move.giver
        hours[d, n, y, k] = np.maximum(hours[d, n, y, k] + move.crews_over * limit[n], 0.0)
    hours[d, :, y, k] = np.round(np.minimum(hours[d, :, y, k], crews[d, :, y, k] * limit), 2)
    least = min_hours(dense)
    hours[d, :, y, k] = np.where(hours[d, :, y, k] < least, 0.0, hours[d, :, y, k])
    return Plan(crews, hours)


def _can(dense: Dense, crews: Counts, move: Move) -> Bools:
    """On which of the move's dates a crew can be taken there and brought here, (len(dates),)."""
    d, y, k = move.dates, move.y, move.k
    if move.giver == NOBODY:
        some: Bools = crews[d, :, y, k].sum(axis=1) < dense.available[d, y, k]
    else:
        some = crews[d, move.giver, y, k] > 0
    return some if move.taker == NOBODY else some & dense.worked[d, move.taker, y]
