"""How many crews the rules on machines, rest and the longest week leave to be held ready.

Held crews are taken first and the roster is solved around them, so a rule that they break would be broken in every
roster. They are counted by the rules' own rows, with the regular crews that locks keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from allocation.constraints import columns
from allocation.dense import Counts, Dense
from allocation.infeasible import in_words
from allocation.roster_rules import RULES
from allocation.surrogate import Index
from allocation.without_work import without_work
from domain.crew_rules import WorkingTime
from domain.panel import Floats

SPECK = 1e-9


@dataclass(frozen=True, eq=False)
class HoldingRules:
    """slot: date, shift, yard and type of each column, (R,) each. matrix: (rows, R); upper: (rows,) most of each row's
    crews; rule, about: each row's, in words."""

    slot: tuple[Index, Index, Index, Index]
    matrix: csc_array
    upper: Floats
    rule: tuple[str, ...]
    about: tuple[str, ...]

    def within(
        self, free: Counts, at: tuple[int, int, int], types: Sequence[int], out: Counts
    ) -> tuple[Counts, tuple[str, ...]]:
        """Of `free` crews (K,) those that may be held as well at a date, shift and yard, each type after the ones
        before it; and the rules that leave fewer than are free, each with a row of it. out: (H, N, Y, K) crews that
        have a shift already."""
        left, told = free.copy(), dict[str, str]()
        room = self.upper - self.matrix @ out[self.slot]
        for k in types:
            here = np.flatnonzero(np.all([a == b for a, b in zip(self.slot, (*at, k), strict=True)], axis=0))
            for r in here:
                column = slice(self.matrix.indptr[r], self.matrix.indptr[r + 1])
                rows, each = self.matrix.indices[column], self.matrix.data[column]
                most = np.floor(np.maximum(room[rows], 0.0) / each + SPECK)
                told = {self.rule[row]: self.about[row] for row in rows[most < free[k]][::-1]} | told
                left[k] = min(int(free[k]), int(most.min(initial=free[k])))
                room[rows] -= each * left[k]
        return left, tuple(f"'{rule}' ({about})" for rule, about in told.items())


@lru_cache(maxsize=4)
def holding_rules(dense: Dense) -> HoldingRules | None:
    """The rules of a problem; None where it has none on crews' time and machines."""
    rules = dense.problem.rules
    if rules.working_time == WorkingTime() and not rules.equipment:
        return None
    s = without_work(dense)
    c = columns(s)
    blocks = {rule.__name__: rule(s, c) for rule in RULES}
    every = [coo_array((b.value, (b.row, b.column)), shape=(len(b.lower), c.size)) for b in blocks.values()]
    _, h, y, k = s.source.T
    return HoldingRules(
        (h, s.shift, y, k),
        vstack(every).tocsc()[:, c.crews],
        np.concatenate([b.upper for b in blocks.values()]),
        tuple(in_words(name) for name, b in blocks.items() for _ in b.labels),
        tuple(label for b in blocks.values() for label in b.labels),
    )
