"""A year of work and crews, pooled over the city: what the queue recursion runs on.

Axes: H days, N shifts, J crewed categories, K crew types, S draws, B due buckets: 0 overdue, 1 due today, 2 due
tomorrow and so on. Crews of a type are one pool; each works the longest shift its yard has that day, as the simple
roster does (`allocation.surrogate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.absence import absence_chance
from allocation.budget.density import minutes_table
from allocation.budget.fiscal import Period, periods
from allocation.budget.standby import standby_pay
from allocation.budget.waiting import Waiting, waiting_over
from allocation.capacity import on_duty, snow_days
from allocation.dense import Bools, Counts, Dense
from allocation.turns import PATIENCE_DAYS
from allocation.work import OVERDUE_BUCKETS, jobs_per_request, scale_for_unlocated
from allocation.work_weather import work_pace
from domain.chance import generator
from domain.panel import Draws, Floats, WeatherPaths

MOST_CREWS = 400
"""Of one type, absence is drawn crew by crew up to here; the mean above."""


Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """dates: (H,); place: (H,) which of `periods` each is in. works: (H, N, K) part of a type's crews in a slot.
    net, overtime: minutes a crew (N, K), (N,). arrivals: (H, N, J, S) jobs. opening: (J, B, S). due_days: (J, N).
    minutes: (K, J, G) by open jobs. order: for each tier and type, the cells (j, b) that it serves, first to last.
    absence: chance of a crew to stay away, (H, Y, S), by the yard it starts from. pace: (H, K, J, S) jobs done in the
    minutes of one on a fair day, None without weather rules. duty: (H, K, S) False where snow takes the type.
    weight: (S,), sums to 1.
    standby: (P, S) money of readiness, see `allocation.budget.standby`.
    """

    dense: Dense
    dates: tuple[date, ...]
    periods: tuple[Period, ...]
    place: tuple[int, ...]
    works: Floats
    net: Floats
    overtime: Floats
    arrivals: Floats
    opening: Floats
    due_days: Counts
    minutes: Floats
    order: tuple[tuple[tuple[Counts, Counts], ...], ...]
    absence: Floats
    pace: Floats | None
    seed: int
    duty: Bools
    weight: Floats
    standby: Floats

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(t.name for t in self.dense.problem.crew_types)

    @property
    def work(self) -> tuple[str, ...]:
        return tuple(w.category for w in self.dense.work)

    @cached_property
    def waiting(self) -> Waiting | None:
        """What crews cannot begin on at once; None where they can begin on all."""
        if self.dense.ready is None:
            return None
        return waiting_over(self.dense.ready, self.arrivals, self.due_days, self.place, len(self.periods))


def build_pool(
    dense: Dense,
    arrivals: Mapping[str, Floats],
    area_share: Mapping[str, Floats],
    opening: Floats,
    weather: WeatherPaths | None,
    draws: Draws,
    unlocated: Mapping[str, float],
    fiscal_year_start: str = "01-01",
) -> Pool:
    """arrivals: category -> requests (H, N, S). area_share: category -> (A,). opening: jobs (J, A, B) of
    `allocation.work.opening_jobs`. unlocated: share of requests without an area, by which work is scaled up."""
    jobs = [
        arrivals[w.category] * (jobs_per_request(w.conversion) * scale_for_unlocated(unlocated.get(w.category, 0.0)))
        for w in dense.work
    ]
    share = np.array([area_share[w.category] for w in dense.work])
    stretches, place = periods(dense.problem.dates, fiscal_year_start)
    bins = int(dense.due_days.max(initial=0)) + 2
    works = pattern(dense)
    duty = on_duty(dense, snow_days(dense, weather, draws))
    every = {c: r * scale_for_unlocated(unlocated.get(c, 0.0)) for c, r in arrivals.items()}
    return Pool(
        dense=dense,
        dates=dense.problem.dates,
        periods=stretches,
        place=tuple(place),
        works=works,
        net=dense.net_minutes,
        overtime=dense.overtime,
        arrivals=np.ascontiguousarray(np.stack(jobs, axis=2)),
        opening=_opening(opening, bins, draws.size),
        due_days=dense.due_days,
        minutes=minutes_table(dense, share),
        order=_order(dense, bins),
        absence=absence_chance(dense, draws.size, draws.seed),
        pace=work_pace(dense, weather, draws),
        seed=draws.seed,
        duty=duty,
        weight=draws.weight / draws.weight.sum(),
        standby=standby_pay(dense, every, area_share, works, place, len(stretches), duty),
    )


def pattern(dense: Dense) -> Floats:
    """Part of each type's crews that works each slot, (H, N, K): a crew works its yard's longest shift of the day.

    A type that no yard has works as the mean yard does.
    """
    length = np.where(dense.worked, dense.minutes[None, :, None], 0.0)  # (H, N, Y)
    longest = length.argmax(axis=1)
    chosen = (np.arange(length.shape[1])[None, :, None] == longest[:, None, :]) & dense.worked
    based = dense.available.max(axis=0).astype(float)  # (Y, K)
    totals = based.sum(axis=0)
    mix = np.where(totals > 0, based / np.maximum(totals, 1), 1 / len(based))
    works: Floats = np.einsum("hny,yk->hnk", chosen.astype(float), mix)
    return works


def _opening(opening: Floats, bins: int, size: int) -> Floats:
    """Jobs by category and bucket from the plan's own buckets; all that falls due later lies in the last."""
    total = opening.sum(axis=1)  # (J, B) or (J, B, S)
    spread = total if total.ndim == 3 else np.repeat(total[..., None], size, axis=-1)
    out = np.zeros((spread.shape[0], bins, size))
    out[:, 0] = spread[:, :OVERDUE_BUCKETS].sum(axis=1)
    ahead = spread[:, OVERDUE_BUCKETS:]
    near = min(bins - 2, ahead.shape[1])
    out[:, 1 : 1 + near] = ahead[:, :near]
    out[:, -1] += ahead[:, near:].sum(axis=1)
    return out


def _order(dense: Dense, bins: int) -> tuple[tuple[tuple[Counts, Counts], ...], ...]:
    """The dispatch rule's ranking: due by tomorrow first, then the rest; within, apparent tardiness cost."""
    left = np.arange(bins) - 1
    urgency = np.exp(-np.maximum(left, 0) / PATIENCE_DAYS)
    tiers = []
    for tier in (left <= 1, left > 1):
        cells = []
        for k in range(len(dense.skilled)):
            j, b = np.nonzero(dense.skilled[k][:, None] & tier[None, :])
            value = dense.late_cost[j] / dense.further[k, j] * urgency[b]
            rank = np.lexsort((b, -value))
            cells.append((j[rank], b[rank]))
        tiers.append(tuple(cells))
    return tuple(tiers)


def absences(pool: Pool, k: int, crews: int, factor: float) -> Singles:
    """Crews of type k that stay away, (crews + 1, H, S) for 0 to `crews` crews; factor: on the chance of each.

    Each crew is drawn for itself, so that one more never changes who of the others comes; crews are dealt out to the
    yards in turn, so that those of one yard are missing together where absence is a distribution.
    """
    yards = pool.absence.shape[1]
    days, size = len(pool.dates), len(pool.weight)
    out: Singles = np.zeros((crews + 1, days, size), dtype=np.float32)
    for n in range(crews):
        share = np.minimum(pool.absence[:, n % yards] * factor, 1.0)
        if n < MOST_CREWS:
            chance = generator(pool.seed, "budget absence", pool.types[k], n).random((days, size))
            out[n + 1] = out[n] + (chance < share)
        else:
            out[n + 1] = out[n] + share.astype(np.float32)
    return out
