"""What else an assignment's crews could do: the same crews on the yard's other shifts that day, or at another yard.

Of the other yards that work that day the one around which most late work is left that evening is tried, on its longest
shift. All are simulated on the draws that the values rest on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from allocation.dense import Counts, Dense
from allocation.dispatch import Crewing, Outcome, late_cost, simulate
from allocation.reduction import Reduced
from allocation.value import standard_error, take, tiled_pace
from domain.panel import Floats

Slot = tuple[int, int, int, int]


@dataclass(frozen=True)
class Use:
    """Where a slot's crews would work instead, money more than the plan's own late days, and its standard error."""

    shift: int
    yard: int
    money: float
    error: float


def next_best(
    dense: Dense, crewing: Crewing, crews: Counts, opening: Floats, arrivals: Floats, kept: Reduced
) -> dict[Slot, Use]:
    """Slot -> its best other use, for slots that have one that day.

    Negative where the other use does better on these draws: within the error of so few of them, or held by a lock, for
    calm, or because crews stand where they stand. crews: (H, N, Y, K) regular crews; their minutes, with overtime, are
    scaled to the other shift's length. A yard without the type sends it where it sends any.
    """
    part = take(crewing, kept.index)
    filed = arrivals[..., kept.index]
    start = opening[..., kept.index] if opening.ndim == 4 else opening
    base = simulate(dense, part, start, filed, kept.weight, keep_starts=True)
    assert base.starts is not None
    wider = _reaching(dense)
    found: dict[Slot, Use] = {}
    for h in range(len(dense.problem.dates)):
        moves = list(_moves(dense, crews, base, kept.weight, h))
        if not moves:
            continue
        moved = _moved(dense, part, h, moves)
        late = late_cost(wider, moved, np.tile(base.starts[h], len(moves)), np.tile(filed, len(moves)), h)
        own = np.einsum("j,jas->s", dense.late_cost, base.late[:, :, h:].sum(axis=2))
        more = late.reshape(len(moves), -1) - own
        errors = standard_error(more, kept.weight)
        for (n, y, k, shift, yard), money, error in zip(moves, more @ kept.weight, errors, strict=True):
            slot = (h, n, y, k)
            if slot not in found or money < found[slot].money:
                found[slot] = Use(shift, yard, float(money), float(error))
    return found


def _reaching(dense: Dense) -> Dense:
    """The same where yards without a type reach with it what they reach with any."""
    any_type, based = dense.reach.any(axis=0, keepdims=True), dense.reach.any(axis=2, keepdims=True)
    return replace(dense, reach=np.where(based, dense.reach, any_type))


def _moves(
    dense: Dense, crews: Counts, base: Outcome, weight: Floats, h: int
) -> Iterator[tuple[int, int, int, int, int]]:
    """(shift, yard, type, other shift, its yard) of every manned slot: each other shift of its yard, and one yard."""
    late = np.einsum("j,jas,s->ja", dense.late_cost, base.late[:, :, h], weight)
    nearest = dense.drive.argmin(axis=0)
    needed = np.stack([late[:, nearest == y].sum(axis=1) for y in range(len(dense.drive))], axis=1)
    works = dense.worked[h].any(axis=0)
    for n, y, k in np.argwhere(crews[h] > 0):
        slot = int(n), int(y), int(k)
        for shift in np.flatnonzero(dense.worked[h, :, y]):
            if shift != n:
                yield *slot, int(shift), int(y)
        need = np.where(works, needed[dense.skilled[k]].sum(axis=0), -1.0)
        need[y] = -1.0
        if need.max() >= 0:
            yard = int(need.argmax())
            yield *slot, int(np.argmax(np.where(dense.worked[h, :, yard], dense.minutes, -1.0))), yard


def _moved(dense: Dense, part: Crewing, h: int, moves: list[tuple[int, int, int, int, int]]) -> Crewing:
    """One block of draws a move: the slot's regular minutes scaled to the other shift's length and added there."""
    regular, held = (np.tile(block, len(moves)) for block in (part.regular, part.held))
    draws = part.regular.shape[-1]
    for i, (n, y, k, shift, yard) in enumerate(moves):
        block = slice(i * draws, (i + 1) * draws)
        ratio = dense.net_minutes[shift, k] / max(float(dense.net_minutes[n, k]), 1e-9)
        regular[h, n, y, k, block] = 0.0
        regular[h, shift, yard, k, block] += part.regular[h, n, y, k] * ratio
    return Crewing(regular, held, tiled_pace(part, len(moves)))
