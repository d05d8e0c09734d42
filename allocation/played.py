"""Money of many rosters at a time, each played by the dispatch rule over the same draws.

Rosters lie as blocks along the draw axis, so that one run of the rule plays them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.absence import absence_chance
from allocation.capacity import net_capacity, present
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, evenings, late_cost
from allocation.posted import change_cost
from allocation.roster_cost import contract_money, overtime_money
from domain.chance import generator
from domain.panel import Floats

BLOCK = 400
"""Draws, all rosters together, in one run of the rule: larger blocks save little and take memory."""


@dataclass(frozen=True)
class Stage:
    """What every roster is played under. came: (H, N, Y, K, M + 1, S) how many of a slot's first m crews come.

    standing_by: (H, N, Y, K, S) minutes of crews held ready, `held` (H, N, Y, K) of them. opening: (J, A, B, S);
    arrivals: (J, A, H, N, S); weight: (S,), sums to 1. pace: (H, K, J, S) or None.
    """

    dense: Dense
    came: Floats
    standing_by: Floats
    held: Counts
    opening: Floats
    arrivals: Floats
    weight: Floats
    pace: Floats | None


def stage(
    dense: Dense,
    held: Counts,
    duty: Bools,
    opening: Floats,
    arrivals: Floats,
    weight: Floats,
    seed: int,
    pace: Floats | None,
) -> Stage:
    """Arguments as of `allocation.candidates.choose_roster`; absence is that of `allocation.capacity.present`."""
    draws = arrivals.shape[-1]
    spread = opening if opening.ndim == 4 else np.repeat(opening[..., None], draws, axis=-1)
    standing = net_capacity(dense, present(dense, held, duty, seed, "held"))
    came = _came(dense, duty, seed)
    return Stage(dense, came, standing, held, spread, arrivals, weight, pace)


def _came(dense: Dense, duty: Bools, seed: int) -> Floats:
    """Of a slot's first m crews those at work, for every m up to the most: one row of chances each, as `present`."""
    draws, problem = duty.shape[-1], dense.problem
    most = int(dense.available.max(initial=0))
    shape = (*dense.worked.shape, dense.available.shape[2], most + 1, draws)
    came = np.broadcast_to(np.arange(most + 1.0)[:, None], shape).copy()
    away = absence_chance(dense, draws, seed)
    own = np.array([crew_type.contract is None for crew_type in problem.crew_types])
    for h, n, y, k in np.argwhere(dense.worked[..., None] & (dense.available > 0)[:, None] & own):
        if away[h, y].any():
            names = (problem.dates[h], problem.shifts[n].name, problem.yards[y].name, problem.crew_types[k].name)
            chance = generator(seed, "absence", "regular", *names).random((most, draws))
            came[h, n, y, k, 1:] = (chance >= away[h, y]).cumsum(axis=0)
    came *= duty[:, None, None, :, None, :]
    return came


def on_draws(s: Stage, index: Counts, weight: Floats) -> Stage:
    """The same on some draws, with weights that sum to 1."""
    pace = None if s.pace is None else s.pace[..., index]
    return replace(
        s,
        came=s.came[..., index],
        standing_by=s.standing_by[..., index],
        opening=s.opening[..., index],
        arrivals=s.arrivals[..., index],
        weight=weight,
        pace=pace,
    )


def crewing(s: Stage, crews: Counts, hours: Floats) -> Crewing:
    """Minutes of one roster, crews and overtime hours (H, N, Y, K) each."""
    there = np.take_along_axis(s.came, crews[..., None, None], axis=-2)[..., 0, :]
    share = np.divide(hours * 60, crews, out=np.zeros(crews.shape), where=crews > 0)
    return Crewing(net_capacity(s.dense, there) + there * share[..., None], s.standing_by, s.pace)


def mornings(s: Stage, crews: Counts, hours: Floats) -> Floats:
    """Open jobs when each date begins, (H, J, A, B, S)."""
    return evenings(s.dense, crewing(s, crews, hours), s.opening, s.arrivals)


def costs(s: Stage, crews: Counts, hours: Floats, first: int = 0, opening: Floats | None = None) -> Floats:
    """Expected money of each roster from date `first` on, (M,): late days, and overtime, contractors and changes of
    all dates. crews, hours: (M, H, N, Y, K). opening: (J, A, B, S) jobs open when that date begins."""
    start = s.opening if opening is None else opening
    draws = len(s.weight)
    many = max(1, BLOCK // draws)
    late = []
    for at in range(0, len(crews), many):
        block = [crewing(s, c, o) for c, o in zip(crews[at : at + many], hours[at : at + many], strict=True)]
        late.append(_late(s, block, start, first))
    paid = [_paid(s, c, o) for c, o in zip(crews, hours, strict=True)]
    total: Floats = np.concatenate(late) + np.array(paid)
    return total


def _late(s: Stage, block: list[Crewing], opening: Floats, first: int) -> Floats:
    many = len(block)
    regular = np.concatenate([c.regular for c in block], axis=-1)
    held = np.tile(s.standing_by, many)
    pace = None if s.pace is None else np.tile(s.pace, many)
    filed = np.tile(s.arrivals, many)
    money = late_cost(
        s.dense,
        Crewing(regular, held, pace),
        np.tile(opening, many),
        filed,
        first,
        closing_days=s.dense.closing_days,
        is_weighed=s.dense.is_fair,
    )
    expected: Floats = money.reshape(many, -1) @ s.weight
    return expected


def _paid(s: Stage, crews: Counts, hours: Floats) -> float:
    changed = change_cost(s.dense, crews, s.held)
    return overtime_money(s.dense, hours) + contract_money(s.dense, crews) + changed
