"""What readiness for events costs over a year: standby, call-in and storm pay, as if each day were seen on its eve.

Every day of every draw takes the level that the daily plan's account takes (`allocation.readiness`) when the day's
requests are known the evening before, held crews counted by the share of own crews that is there. A district has its
areas' share of the city's requests; storms that hit one district harder than its share would cost more. The pay is the
same for every number of crews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from allocation.dense import Bools, Dense
from allocation.readiness import EVERYDAY, districts, share_there
from allocation.roster_cost import is_hired
from domain.category import EventWork
from domain.panel import Floats


def standby_pay(
    dense: Dense,
    requests: Mapping[str, Floats],
    area_share: Mapping[str, Floats],
    works: Floats,
    place: Sequence[int],
    periods: int,
    duty: Bools | None = None,
) -> Floats:
    """Money by period and draw, (P, S). requests: category -> (H, N, S), all of the city's. area_share: category ->
    (A,). works: (H, N, K) part of each type's crews in a slot. place: (H,) period of each date. duty: (H, K, S) whether
    a type is there, by default always."""
    some = next(iter(requests.values()))
    pay = np.zeros((periods, some.shape[2]))
    there = share_there(dense, duty, some.shape[2])
    of_area = np.array([a.district for a in dense.problem.areas])
    for j, work in enumerate(dense.work):
        if work.event is None:
            continue
        share = area_share[work.category]
        whole = max(float(share.sum()), 1e-9)
        daily = requests[work.category].sum(axis=1)
        able = dense.skilled[:, j] & ~is_hired(dense)
        working = works[:, :, able].sum(axis=1)
        come = _come(working, there[:, able])
        for name in districts(dense):
            own = daily * float(share[of_area == name].sum()) / whole
            np.add.at(pay, list(place), level_pay(work.event, own, come) * working.any(axis=1)[:, None])
    return pay


def _come(working: Floats, there: Floats) -> Floats:
    """Share of the crews at work that is there, (H, S), 1 where none works. working: (H, K); there: (H, K, S)."""
    whole = np.maximum(working.sum(axis=1), 1e-9)
    come: Floats = 1 - np.einsum("hk,hks->hs", working, 1 - there) / whole[:, None]
    return come


def level_pay(rule: EventWork, requests: Floats, come: Floats | float = 1.0) -> Floats:
    """Pay of the level that each day's requests (H, S) of one district call for, (H, S). come: (H, S) share of held
    crews that is there."""
    beyond = np.maximum(requests - np.quantile(requests, EVERYDAY), 0.0)
    each = rule.requests_per_crew_day.value
    costs = [
        level.cost + rule.cost_per_missed_request * np.maximum(beyond - level.crews * come * each, 0.0)
        for level in rule.levels
    ]
    best = np.argmin(np.round(costs, 6), axis=0)
    saved = costs[0] - np.min(costs, axis=0)
    best[saved < rule.minimum_gain] = 0
    pay: Floats = np.array([level.cost for level in rule.levels])[best]
    return pay
