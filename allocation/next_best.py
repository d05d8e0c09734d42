"""What else an assignment's crews could do: the same crews on the yard's other shifts that day, simulated."""

from __future__ import annotations

import numpy as np

from allocation.dense import Counts, Dense
from allocation.dispatch import Crewing, late_cost, simulate
from allocation.reduction import Reduced
from allocation.value import take, tiled_pace
from domain.panel import Floats

Slot = tuple[int, int, int, int]


def next_best(
    dense: Dense, crewing: Crewing, crews: Counts, opening: Floats, arrivals: Floats, kept: Reduced
) -> dict[Slot, tuple[int, float]]:
    """Slot -> (best other shift, money more than the plan's own late days), for slots with another shift that day.

    Negative where the other shift does better on these draws: within the error of so few of them, or held by a lock or
    for calm. crews: (H, N, Y, K) regular crews; their minutes, with overtime, are scaled to the other shift's length.
    """
    part = take(crewing, kept.index)
    filed = arrivals[..., kept.index]
    start = opening[..., kept.index] if opening.ndim == 4 else opening
    base = simulate(dense, part, start, filed, kept.weight, keep_starts=True)
    assert base.starts is not None
    found: dict[Slot, tuple[int, float]] = {}
    for h in range(len(dense.problem.dates)):
        moves = _moves(dense, crews, h)
        if not moves:
            continue
        moved = _moved(dense, part, h, moves)
        late = late_cost(dense, moved, np.tile(base.starts[h], len(moves)), np.tile(filed, len(moves)), h)
        cost = late.reshape(len(moves), -1) @ kept.weight
        whole = float(np.einsum("j,jas,s->", dense.late_cost, base.late[:, :, h:].sum(axis=2), kept.weight))
        for (n, y, k, other), money in zip(moves, cost - whole, strict=True):
            slot = (h, n, y, k)
            if slot not in found or money < found[slot][1]:
                found[slot] = (other, float(money))
    return found


def _moves(dense: Dense, crews: Counts, h: int) -> list[tuple[int, int, int, int]]:
    """(shift, yard, type, other shift) of every manned slot and every other shift its yard works that day."""
    return [
        (int(n), int(y), int(k), int(other))
        for n, y, k in np.argwhere(crews[h] > 0)
        for other in np.flatnonzero(dense.worked[h, :, y])
        if other != n
    ]


def _moved(dense: Dense, part: Crewing, h: int, moves: list[tuple[int, int, int, int]]) -> Crewing:
    """One block of draws a move: the slot's regular minutes scaled to the other shift's length and added there."""
    regular, held = (np.tile(block, len(moves)) for block in (part.regular, part.held))
    draws = part.regular.shape[-1]
    for i, (n, y, k, other) in enumerate(moves):
        block = slice(i * draws, (i + 1) * draws)
        ratio = dense.net_minutes[other, k] / max(float(dense.net_minutes[n, k]), 1e-9)
        regular[h, n, y, k, block] = 0.0
        regular[h, other, y, k, block] += part.regular[h, n, y, k] * ratio
    return Crewing(regular, held, tiled_pace(part, len(moves)))
