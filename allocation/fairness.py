"""Fairness in a plan: work that leans towards areas which report less, and what that costs on the plan's own draws.

weight: the roster's cost of lateness and the dispatch rule's ranking count an area's late jobs by its adjusted ÷
reported demand. floor: an area's new jobs are at least the stated share of the adjusted ones; what that adds is work
that crews find there, and the area's jobs rank by as much higher, so that it does not wait behind its own reports. In
both the cost is that of late reported work and of overtime, as simulated, against the same plan without. Readiness for
events is not touched.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.candidates import Choice
from allocation.dense import Dense
from allocation.dispatch import Outcome
from allocation.fairness_rule import found_share
from allocation.roster_cost import contract_money, overtime_money
from allocation.surrogate import Surrogate, zones
from allocation.waiting import whole_opening
from domain.fairness import FairnessEntry
from domain.panel import Floats


def with_found(dense: Dense, arrivals: Floats) -> Floats:
    """New jobs (J, A, H, N, S) with those that are set aside for; the very same array where there are none."""
    share = _found(dense)
    if not share.any():
        return arrivals
    more: Floats = arrivals * (1.0 + share)[:, :, None, None, None]
    return more


def weighted(dense: Dense, s: Surrogate, arrivals: Floats) -> Surrogate:
    """The surrogate with each zone's lateness weighed, late_cost (Z, J), by the mean weight of its areas' jobs."""
    if (dense.area_weight == 1.0).all():
        return s
    zone, load = zones(dense), arrivals.sum(axis=(2, 3, 4)) + 1e-9
    cost = np.empty((s.zones, len(dense.work)))
    for z in range(s.zones):
        inside = zone == z
        cost[z] = (dense.area_weight * load)[:, inside].sum(axis=1) / load[:, inside].sum(axis=1)
    return replace(s, late_cost=cost * dense.late_cost)


def price(
    dense: Dense,
    opening: Floats,
    arrivals: Floats,
    fair: tuple[Choice, Outcome],
    plain: tuple[Choice, Outcome],
    weight: Floats,
) -> FairnessEntry:
    """What the rule of `dense.problem` costs. opening, arrivals: the work as reported."""
    rule = dense.problem.fairness
    assert rule is not None
    reported = _reported_part(dense, opening, arrivals)
    factors = [rule.factor(w.category, len(dense.problem.areas)) for w in dense.work]
    behind = np.array(factors).reshape(len(dense.work), -1) > 1.0
    late_with, late_without = fair[1].late_all * reported, plain[1].late_all
    return FairnessEntry(
        mode=rule.mode,
        switched_on_by=rule.switched_on_by,
        date=rule.date,
        floor=rule.floor,
        cost_with=round(_cost(dense, fair[1].late * reported, fair[0], weight), 2),
        cost_without=round(_cost(dense, plain[1].late, plain[0], weight), 2),
        late_with=round(float((late_with[behind] @ weight).sum()), 3),
        late_without=round(float((late_without[behind] @ weight).sum()), 3),
        areas=int(behind.any(axis=0).sum()),
        pairs=int(behind.sum()),
        surely=None if rule.surely is None else sum(rule.surely.get(w.category, 0) for w in dense.work),
    )


def _found(dense: Dense) -> Floats:
    return found_share(dense.problem.fairness, [w.category for w in dense.work], len(dense.problem.areas))


def _reported_part(dense: Dense, opening: Floats, arrivals: Floats) -> Floats:
    """Of the open jobs of an area those that were reported, (J, A, 1, S): found ones wait and are served alike."""
    start = whole_opening(dense, opening).sum(axis=2)
    start = start if start.ndim == 3 else start[..., None]
    filed = arrivals.sum(axis=(2, 3))
    whole = start + filed * (1.0 + _found(dense))[:, :, None]
    part: Floats = np.divide(start + filed, whole, out=np.ones(whole.shape), where=whole > 0)[:, :, None]
    return part


def _cost(dense: Dense, late: Floats, choice: Choice, weight: Floats) -> float:
    """Money of late days (and `Dense.closing_days` more for what is late at the end) of overtime and contractors."""
    days = late.sum(axis=2) + dense.closing_days * late[:, :, -1]
    lateness = float(np.einsum("j,jas,s->", dense.late_cost, days, weight))
    paid = overtime_money(dense, choice.roster.overtime_hours) + contract_money(dense, choice.roster.crews)
    return lateness + paid
