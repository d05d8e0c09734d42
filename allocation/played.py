"""Money of many rosters at a time, each played by the dispatch rule over the same draws.

Rosters lie as blocks along the draw axis, so that one run of the rule plays them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from allocation.absence import absence_chance
from allocation.capacity import net_capacity, present
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, Tally, left_open, tally
from allocation.district_service import TOLERANCE, excess, short_by
from allocation.posted import change_cost
from allocation.roster_cost import contract_money, overtime_money
from allocation.value import crew_minutes
from domain.chance import generator
from domain.panel import Floats

BLOCK = 400
"""Draws, all rosters together, in one run of the rule: larger blocks save little and take memory."""


@dataclass(frozen=True)
class Stage:
    """What every roster is played under. came: (H, N, Y, K, M + 1, S) how many of a slot's first m crews come.

    standing_by: (H, N, Y, K, S) minutes of crews held ready, `held` (H, N, Y, K) of them. opening: (J, A, B, S);
    arrivals: (J, A, H, N, S); weight: (S,), sums to 1. pace: (H, K, J, S) or None. limits: (R,) by how much rules on
    districts may be short, empty where there are none (`allocation.district_service`).
    """

    dense: Dense
    came: Floats
    standing_by: Floats
    held: Counts
    opening: Floats
    arrivals: Floats
    weight: Floats
    pace: Floats | None
    limits: Floats = field(default_factory=lambda: np.zeros(0))


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
    return Crewing(crew_minutes(s.dense, there, crews, hours), s.standing_by, s.pace)


def left_until(s: Stage, crews: Counts, hours: Floats, first: int, opening: Floats, until: int) -> Floats:
    """Jobs open when date `until` begins, (J, A, B, S), `opening` being those when date `first` does."""
    return left_open(s.dense, crewing(s, crews, hours), opening, s.arrivals, first, until)


def costs(s: Stage, crews: Counts, hours: Floats, first: int = 0, opening: Floats | None = None) -> Floats:
    """Expected money of each roster from date `first` on, (M,): late days, and overtime, contractors and changes of
    all dates. crews, hours: (M, H, N, Y, K). opening: (J, A, B, S) jobs open when that date begins."""
    return judged(s, crews, hours, first, opening)[0]


def judged(
    s: Stage, crews: Counts, hours: Floats, first: int = 0, opening: Floats | None = None
) -> tuple[Floats, Floats]:
    """`costs`, and by how much each roster exceeds each rule on districts, (M, R): see `excess`."""
    start = s.opening if opening is None else opening
    many = max(1, BLOCK // len(s.weight))
    late, over = [], []
    for at in range(0, len(crews), many):
        block = [crewing(s, c, o) for c, o in zip(crews[at : at + many], hours[at : at + many], strict=True)]
        found = _tallied(s, block, start, first)
        late.append(found.cost.reshape(len(block), -1) @ s.weight)
        over += [_excess(s, _one(found, len(block), i)) for i in range(len(block) if len(s.limits) else 0)]
    paid = [_paid(s, c, o) for c, o in zip(crews, hours, strict=True)]
    return np.concatenate(late) + np.array(paid), np.array(over).reshape(len(crews), -1)


def limited(s: Stage, crews: Counts, hours: Floats) -> Stage:
    """The stage on which no rule on districts may be shorter than this roster leaves it; unchanged without rules."""
    if not s.dense.problem.rules.by_district:
        return s
    found = tally(s.dense, crewing(s, crews, hours), s.opening, s.arrivals)
    return replace(s, limits=short_by(s.dense, found, s.opening, s.arrivals, s.weight))


def limits_from(s: Stage, crews: Counts, hours: Floats, first: int, opening: Floats) -> Floats:
    """What `judged` from date `first` on may find, (R,), for rosters that agree with this one before it."""
    if not len(s.limits):
        return s.limits
    whole, part = (judged(s, crews[None], hours[None], *start)[1][0] for start in ((0, s.opening), (first, opening)))
    limits: Floats = s.limits - whole + part
    return limits


def is_kept(over: Floats, limits: Floats) -> Bools:
    """Which rosters, over (M, R), exceed none of the limits (R,); all where there are none."""
    return np.asarray((over <= limits + TOLERANCE).all(axis=1))


def _tallied(s: Stage, block: list[Crewing], opening: Floats, first: int) -> Tally:
    many = len(block)
    regular = np.concatenate([c.regular for c in block], axis=-1)
    pace = None if s.pace is None else np.tile(s.pace, many)
    return tally(
        s.dense,
        Crewing(regular, np.tile(s.standing_by, many), pace),
        opening,
        s.arrivals,
        first,
        is_closed=True,
        is_weighed=s.dense.is_fair,
    )


def _one(found: Tally, many: int, at: int) -> Tally:
    """Of rosters tallied side by side, the one at `at`."""
    draws = len(found.cost) // many
    here = slice(at * draws, (at + 1) * draws)
    return Tally(*(getattr(found, f.name)[..., here] for f in fields(Tally)))


def _excess(s: Stage, found: Tally) -> Floats:
    return excess(s.dense, found, s.opening, s.arrivals, s.weight)


def _paid(s: Stage, crews: Counts, hours: Floats) -> float:
    changed = change_cost(s.dense, crews, s.held)
    return overtime_money(s.dense, hours) + contract_money(s.dense, crews) + changed
