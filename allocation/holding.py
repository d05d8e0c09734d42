"""Who can be held ready for a district: crews of the nearest yard, and how many of them are there on each draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts, Dense
from allocation.holding_rules import holding_rules
from allocation.roster_cost import is_hired
from domain.panel import Floats


@dataclass(frozen=True)
class Post:
    """Crews of one yard that stand ready for one district on one date. crews: (K,)."""

    j: int
    h: int
    d: int
    yard: int
    crews: Counts


@dataclass(frozen=True)
class Bench:
    """Crews of a yard that can be held on one date, in the order in which they are. yard: None where no yard has any.

    types: crew types with the skill, first those that are likeliest to be there, to a tenth, then those with the fewest
    other skills. free: (K,) crews of each that are left. there: (K, S) share of a type's crews at work. idle: how
    many crews would be left without `rules`, in words, that leave fewer.
    """

    h: int
    yard: int | None
    shift: int
    types: tuple[int, ...]
    free: Counts
    there: Floats
    idle: int = 0
    rules: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        return int(self.free.sum())

    def come(self, most: int) -> Floats:
        """How many of the first m crews are there, (most + 1, S). Beyond those left, as many more of the first type."""
        if not self.types:
            return np.repeat(np.arange(most + 1.0)[:, None], self.there.shape[1], axis=1)
        order = [k for k in self.types for _ in range(int(self.free[k]))][:most]
        order += [self.types[0]] * (most - len(order))
        come = np.zeros((most + 1, self.there.shape[1]))
        come[1:] = self.there[order].cumsum(axis=0)
        return come

    def hold(self, crews: int, held: Counts) -> Counts:
        """Take crews into `held` (H, N, Y, K), in the yard's longest shift; how many of each type, (K,)."""
        taken = np.zeros(len(self.free), dtype=np.int64)
        for k in self.types:
            taken[k] = min(crews - taken.sum(), self.free[k])
        held[self.h, self.shift, self.yard] += taken
        return taken


def bench_of(dense: Dense, j: int, h: int, district: str, held: Counts, there: Floats, weight: Floats) -> Bench:
    """Of the nearest yard that has crews with category j's skill and a shift on date h. held: (H, N, Y, K) so far.
    there: (K, S); weight: (S,)."""
    inside = np.array([a.district == district for a in dense.problem.areas])
    able = dense.skilled[:, j] & ~is_hired(dense)
    based = (dense.available[h][:, able].sum(axis=1) > 0) & dense.worked[h].any(axis=0)
    if not based.any():
        return Bench(h, None, 0, (), np.zeros(len(able), dtype=np.int64), there)
    yard = int(np.argmin(np.where(based, dense.drive[:, inside].mean(axis=1), np.inf)))
    free = np.where(able, np.maximum(_free(dense, h, held)[yard], 0), 0)
    likely = np.round(there @ weight, 1)
    types = sorted(np.flatnonzero(able), key=lambda k: (-likely[k], int(dense.skilled[k].sum()), int(k)))
    types = [k for k in types if dense.available[h, yard, k]]
    shift, found = int(_longest(dense, h)[yard]), tuple(map(int, types))
    rules = holding_rules(dense)
    left, told = (free, ()) if rules is None else rules.within(free, (h, shift, yard), found, held + dense.low)
    return Bench(h, yard, shift, found, left, there, int(free.sum()), told)


def _free(dense: Dense, h: int, held: Counts) -> Counts:
    """Crews neither held ready nor kept on regular work by a lock, nor locked out of the shift that is held, (Y, K)."""
    shift = _longest(dense, h)
    barred = dense.high[h][shift, np.arange(len(shift))] == 0
    free: Counts = np.where(barred, 0, dense.available[h] - held[h].sum(axis=0) - dense.low[h].sum(axis=0))
    return free


def _longest(dense: Dense, h: int) -> Counts:
    """Each yard's longest shift that day (ties: the first), (Y,)."""
    longest: Counts = np.argmax(np.where(dense.worked[h], dense.minutes[:, None], -1.0), axis=0)
    return longest
