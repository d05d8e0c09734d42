"""What a crew buys: the late days of the plan recomputed without it (leave one out)."""

from __future__ import annotations

import numpy as np

from allocation.capacity import net_capacity
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, simulate, tally
from allocation.reduction import Reduced
from domain.panel import Floats


def take(crewing: Crewing, index: Counts) -> Crewing:
    """The same crewing on some of the draws."""
    pace = None if crewing.pace is None else crewing.pace[..., index]
    return Crewing(crewing.regular[..., index], crewing.held[..., index], pace)


def leave_one_out(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, kept: Reduced) -> Floats:
    """Money of late days avoided by each slot's crews, (H, N, Y, K).

    For each date, shift, yard and crew type the dispatch rule is run again to the end of the plan without those
    crews, regular and held, on the draws of `kept`. The values are each taken alone: they do not add up to the
    value of all crews. Late days after the plan's last date are not counted.
    """
    money: Floats = np.einsum("j,j...->...", dense.late_cost, days_avoided(dense, crewing, opening, arrivals, kept))
    return money


def days_avoided(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, kept: Reduced) -> Floats:
    """Jobs × days late that each slot's crews avoid, each taken away alone, (J, H, N, Y, K)."""
    return avoided(dense, crewing, opening, arrivals, kept)[0]


def avoided(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, kept: Reduced) -> tuple[Floats, Floats]:
    """Jobs × days late, and jobs turning late, that each slot's crews avoid, taken away alone, (J, H, N, Y, K) each."""
    part = take(crewing, kept.index)
    filed = arrivals[..., kept.index]
    start = opening[..., kept.index] if opening.ndim == 4 else opening
    base = simulate(dense, part, start, filed, kept.weight, keep_starts=True)
    value, turned = (np.zeros((len(dense.work), *part.regular.shape[:4])) for _ in range(2))
    busy = base.minutes.sum(axis=4) @ kept.weight > 0
    assert base.starts is not None
    for h in range(len(busy)):
        slots = np.argwhere(busy[h])
        if len(slots):
            without = _without(part, h, slots)
            many = len(slots)
            found = tally(dense, without, _tiled(base.starts[h], many), _tiled(filed, many), h)
            days, jobs = found.late_days.sum(axis=1), found.turned_late
            whole = base.late[:, :, h:].sum(axis=(1, 2)) @ kept.weight
            late = base.turned_late[:, h:].sum(axis=1) @ kept.weight
            value[(slice(None), h, *slots.T)] = days.reshape(len(whole), many, -1) @ kept.weight - whole[:, None]
            turned[(slice(None), h, *slots.T)] = jobs.reshape(len(whole), many, -1) @ kept.weight - late[:, None]
    return value, turned


def _tiled(values: Floats, times: int) -> Floats:
    """Draws repeated as a block for each slot left out."""
    tiled: Floats = np.tile(values, times)
    return tiled


def _without(crewing: Crewing, h: int, slots: Counts) -> Crewing:
    regular, held = _tiled(crewing.regular, len(slots)), _tiled(crewing.held, len(slots))
    draws = crewing.regular.shape[-1]
    for i, (n, y, k) in enumerate(slots):
        block = slice(i * draws, (i + 1) * draws)
        regular[h, n, y, k, block] = 0.0
        held[h, n, y, k, block] = 0.0
    return Crewing(regular, held, tiled_pace(crewing, len(slots)))


def tiled_pace(crewing: Crewing, times: int) -> Floats | None:
    """What weather lets crews do, for as many blocks of the same draws."""
    return None if crewing.pace is None else _tiled(crewing.pace, times)


def crewing_of(
    dense: Dense, regular: Floats, held: Floats, crews: Counts, overtime_hours: Floats, pace: Floats | None = None
) -> Crewing:
    """Minutes of the crews who came, (H, N, Y, K, S) each; a crew who came also works its share of the overtime.

    pace: (H, K, J, S) what their weather lets them do.
    """
    share = np.divide(overtime_hours * 60, crews, out=np.zeros(crews.shape), where=crews > 0)
    return Crewing(net_capacity(dense, regular) + regular * share[..., None], net_capacity(dense, held), pace)


def snow_share(duty: Bools, weight: Floats) -> Floats:
    """Weight of the draws in which a type leaves for snow duty, (H, K)."""
    share: Floats = ~duty @ weight
    return share
