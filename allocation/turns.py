"""The rounds of a shift under the dispatch rule: whose turn it is, and the cells of each turn, ranked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.work import OVERDUE_BUCKETS, buckets
from domain.panel import Floats

PATIENCE_DAYS = 2.0
ROUNDS = ((True, True), (True, False), (False, True), (False, False))
"""Whether the cells are due by tomorrow, and whether they lie in the yard's own areas: round by round."""

Cells = tuple[Counts, Counts, Counts]
"""Category, area and due bucket, (n,) each."""


@dataclass(frozen=True)
class Turn:
    """One yard's crews of one type, in one round of one shift: ranked cells (j, a, b)."""

    y: int
    k: int
    cells: Cells

    def part(self, start: int, end: int) -> Cells:
        """The cells from one rank up to another."""
        j, a, b = self.cells
        return j[start:end], a[start:end], b[start:end]


class Ranking:
    """The order in which a yard's crews of a type take cells, by date and round: ranked once, as only what is open
    changes between the shifts of a simulation and between simulations."""

    def __init__(self, dense: Dense) -> None:
        self.dense = dense
        self.shape = (len(dense.work), len(dense.problem.areas), buckets(dense))
        self.known: dict[tuple[int, int, int, int], Counts] = {}

    def turns(self, h: int, crews: list[tuple[int, int]], active: Bools, remaining: Floats) -> Iterator[Turn]:
        """The rounds of a shift on date h in order. crews: (yard, type) of those at work. Asked when its turn comes, a
        cell that is not `active` (J, A, B) is left out, and a turn without minutes `remaining`, (Y, K, S), too."""
        is_open = active.reshape(-1)
        for step in range(len(ROUNDS)):
            for y, k in crews:
                if not remaining[y, k].any():
                    continue
                ranked = self._ranked(h, step, y, k)
                cells = ranked[is_open[ranked]]
                if cells.size:
                    j, a, b = np.unravel_index(cells, self.shape)
                    yield Turn(y, k, (j, a, b))

    def _ranked(self, h: int, step: int, y: int, k: int) -> Counts:
        """Every cell of a turn as places in the flat array, first the one to be served first."""
        key = (h, step, y, k)
        if key not in self.known:
            self.known[key] = self._rank(*key)
        return self.known[key]

    def _rank(self, h: int, step: int, y: int, k: int) -> Counts:
        d, (is_due, is_own) = self.dense, ROUNDS[step]
        days_left = np.arange(self.shape[2]) - OVERDUE_BUCKETS - h
        urgency = np.exp(-np.maximum(days_left, 0) / PATIENCE_DAYS)
        areas = d.own[k, y] if is_own else d.reach[k, y] & ~d.own[k, y]
        in_tier = days_left <= 1 if is_due else days_left > 1
        j, a, b = np.nonzero(d.skilled[k][:, None, None] & areas[None, :, None] & in_tier[None, None, :])
        value = d.late_cost[j] * d.area_weight[j, a] / d.further[k, j] * urgency[b]
        order = np.lexsort((a, d.drive[y, a], b, -value))
        ranked: Counts = np.ravel_multi_index((j[order], a[order], b[order]), self.shape)
        return ranked


@lru_cache(maxsize=4)
def ranking(dense: Dense) -> Ranking:
    """The one ranking of a problem."""
    return Ranking(dense)
