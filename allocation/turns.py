"""The rounds of a shift under the dispatch rule: whose turn it is, and the cells of each turn, ranked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.work import OVERDUE_BUCKETS, buckets, minutes_per_job
from domain.panel import Floats

PATIENCE_DAYS = 2.0


@dataclass(frozen=True)
class Turn:
    """One yard's crews of one type, in one round of one shift: ranked cells (j, a, b)."""

    y: int
    k: int
    cells: tuple[Counts, Counts, Counts]


def minutes_each(dense: Dense, y: int, k: int, seen: Floats) -> Floats:
    """Minutes a job (J, A, S) in a shift that starts with `seen` (J, A, S) jobs open; 1 where out of skill or reach."""
    per_job: Floats = np.ones_like(seen)
    areas = np.flatnonzero(dense.reach[k, y])
    for j in np.flatnonzero(dense.skilled[k]):
        per_job[j, areas] = minutes_per_job(dense, y, k, int(j), seen[j, areas], areas)
    return per_job


def tiers(dense: Dense) -> list[list[tuple[Bools, Floats]]]:
    """For each date the two tiers (due by tomorrow, the rest) as (in tier (B,), urgency (B,))."""
    size = buckets(dense)
    both = []
    for h in range(len(dense.problem.dates)):
        days_left = np.arange(size) - OVERDUE_BUCKETS - h
        urgency = np.exp(-np.maximum(days_left, 0) / PATIENCE_DAYS)
        both.append([(days_left <= 1, urgency), (days_left > 1, urgency)])
    return both


def turns(
    dense: Dense, tiers_of: list[tuple[Bools, Floats]], crews: list[tuple[int, int]], active: Bools
) -> Iterator[Turn]:
    """The rounds of a shift in order, with the cells of each turn ranked; cells empty in every draw left out."""
    for in_tier, urgency in tiers_of:
        for own in (True, False):
            for y, k in crews:
                areas = dense.own[k, y] if own else dense.reach[k, y] & ~dense.own[k, y]
                allowed = active & dense.skilled[k][:, None, None] & areas[None, :, None] & in_tier[None, None, :]
                j, a, b = np.nonzero(allowed)
                if j.size:
                    value = dense.late_cost[j] * dense.area_weight[j, a] / dense.further[k, j] * urgency[b]
                    order = np.lexsort((a, dense.drive[y, a], b, -value))
                    yield Turn(y, k, (j[order], a[order], b[order]))
