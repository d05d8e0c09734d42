"""What a crew buys: the lateness of the plan recomputed without it (leave one out), and how surely that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from allocation.capacity import net_capacity
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, Outcome, simulate, tally
from allocation.reduction import Reduced, reduce
from allocation.work import jobs_per_request
from domain.panel import Floats

WORK = 60_000_000
"""Categories × areas × draws × slots × dates from each slot on, up to which crews are valued on every draw: beyond it
on as many as this allows. A rule of sizes, never of seconds, so that the same inputs give the same publication."""
FEWEST_DRAWS = 20
TOGETHER = 100
"""Draws played side by side, alike in load: each shift's crews work down the list as far as the worst of them needs."""


@dataclass(frozen=True)
class Estimate:
    """mean over the draws and its standard error, (H, N, Y, K) each."""

    mean: Floats
    error: Floats


@dataclass(frozen=True)
class Avoided:
    """What each slot's crews avoid, each taken away alone: jobs × days late, the money of these, and requests that turn
    late. draws: on how many this was recomputed."""

    days: Estimate
    money: Estimate
    requests: Estimate
    draws: int


def take(crewing: Crewing, index: Counts) -> Crewing:
    """The same crewing on some of the draws."""
    pace = None if crewing.pace is None else crewing.pace[..., index]
    return Crewing(crewing.regular[..., index], crewing.held[..., index], pace)


def affordable(dense: Dense, outcome: Outcome, work: int = WORK) -> int:
    """On how many draws `work` lets each slot be taken away."""
    busy = outcome.minutes.any(axis=(4, 5)).sum(axis=(1, 2, 3))
    each = int(busy @ np.arange(len(busy), 0, -1)) * len(dense.work) * len(dense.problem.areas)
    return max(work // max(each, 1), FEWEST_DRAWS)


def stand_ins(outcome: Outcome, weight: Floats, size: int) -> Reduced:
    """All draws, or `size` that stand for them by their late days, in the order of what they cost."""
    kept = reduce(outcome.cost, outcome.late.sum(axis=(1, 2)).T, weight, size)
    order = np.lexsort((kept.index, outcome.cost[kept.index]))
    return replace(kept, index=kept.index[order], weight=kept.weight[order])


def groups(kept: Reduced) -> Iterator[tuple[Counts, Floats]]:
    """Index and weight of `TOGETHER` draws at a time, in the order of `kept`."""
    for at in range(0, len(kept.index), TOGETHER):
        yield kept.index[at : at + TOGETHER], kept.weight[at : at + TOGETHER]


def standard_error(values: Floats, weight: Floats) -> Floats:
    """Of the weighted mean of draws, the last axis of `values`; as large as the mean where there is one draw alone."""
    number, mean = int((weight > 0).sum()), values @ weight
    if number < 2:
        return np.asarray(np.abs(mean))
    error: Floats = np.sqrt((values - mean[..., None]) ** 2 @ weight**2 * number / (number - 1))
    return error


def avoided(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, kept: Reduced) -> Avoided:
    """For each date, shift, yard and crew type the dispatch rule is run again to the end of the plan without those
    crews, regular and held, on the draws of `kept`. The values are each taken alone: they do not add up to the
    value of all crews. Late days after the plan's last date are not counted.
    """
    each = np.concatenate(
        [_each(dense, crewing, opening, arrivals, index, weight) for index, weight in groups(kept)], axis=-1
    )
    mean, error = each @ kept.weight, standard_error(each, kept.weight)
    days, money, requests = (Estimate(mean[v], error[v]) for v in range(3))
    return Avoided(days, money, requests, len(kept.index))


def _each(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, index: Counts, weight: Floats) -> Floats:
    """Days, money and requests of `Avoided` on some draws, (3, H, N, Y, K, S)."""
    part, filed = take(crewing, index), arrivals[..., index]
    start = opening[..., index] if opening.ndim == 4 else opening
    base = simulate(dense, part, start, filed, weight, keep_starts=True)
    assert base.starts is not None
    busy = np.asarray(base.minutes.any(axis=(4, 5)))
    found = np.zeros((3, *part.regular.shape))
    per_job = np.array([1 / jobs_per_request(w.conversion) for w in dense.work])
    for h in range(len(busy)):
        slots = np.argwhere(busy[h])
        if len(slots):
            many = len(slots)
            without = tally(dense, _without(part, h, slots), _tiled(base.starts[h], many), _tiled(filed, many), h)
            late = without.late_days.sum(axis=1).reshape(-1, many, len(index))
            days = late - base.late[:, :, h:].sum(axis=(1, 2))[:, None]
            turned = without.turned_late.reshape(-1, many, len(index)) - base.turned_late[:, h:].sum(axis=1)[:, None]
            money = np.einsum("j,jms->ms", dense.late_cost, days)
            requests = np.einsum("j,jms->ms", per_job, turned)
            found[(slice(None), h, *slots.T)] = np.stack([days.sum(axis=0), money, requests])
    return found


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
    return Crewing(crew_minutes(dense, regular, crews, overtime_hours), net_capacity(dense, held), pace)


def crew_minutes(dense: Dense, came: Floats, crews: Counts, overtime_hours: Floats) -> Floats:
    """Regular minutes with overtime, (H, N, Y, K, S). came: of the crews, (H, N, Y, K, S)."""
    share = np.divide(overtime_hours * 60, crews, out=np.zeros(crews.shape), where=crews > 0)
    return net_capacity(dense, came) + came * share[..., None]


def snow_share(duty: Bools, weight: Floats) -> Floats:
    """Weight of the draws in which a type leaves for snow duty, (H, K)."""
    share: Floats = ~duty @ weight
    return share
