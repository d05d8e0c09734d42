"""What readiness for events costs over a year: standby, call-in and storm pay, as if each day were seen on its eve.

Every day of every draw takes the level that the daily plan's account takes (`allocation.readiness`) when the day's
requests are known the evening before. A district has its areas' share of the city's requests; storms that hit one
district harder than its share would cost more. The pay is the same for every number of crews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from allocation.dense import Dense
from allocation.readiness import EVERYDAY, districts
from domain.category import EventWork
from domain.panel import Floats


def standby_pay(
    dense: Dense,
    requests: Mapping[str, Floats],
    area_share: Mapping[str, Floats],
    works: Floats,
    place: Sequence[int],
    periods: int,
) -> Floats:
    """Money by period and draw, (P, S). requests: category -> (H, N, S), all of the city's. area_share: category ->
    (A,). works: (H, N, K) part of each type's crews in a slot. place: (H,) period of each date."""
    some = next(iter(requests.values()))
    pay = np.zeros((periods, some.shape[2]))
    of_area = np.array([a.district for a in dense.problem.areas])
    for j, work in enumerate(dense.work):
        if work.event is None:
            continue
        share = area_share[work.category]
        whole = max(float(share.sum()), 1e-9)
        daily = requests[work.category].sum(axis=1)
        staffed = works[:, :, dense.skilled[:, j]].sum(axis=(1, 2)) > 0
        for name in districts(dense):
            own = daily * float(share[of_area == name].sum()) / whole
            np.add.at(pay, list(place), level_pay(work.event, own) * staffed[:, None])
    return pay


def level_pay(rule: EventWork, requests: Floats) -> Floats:
    """Pay of the level that each day's requests (H, S) of one district call for, (H, S)."""
    beyond = np.maximum(requests - np.quantile(requests, EVERYDAY), 0.0)
    each = rule.requests_per_crew_day.value
    costs = [
        level.cost + rule.cost_per_missed_request * np.maximum(beyond - level.crews * each, 0.0)
        for level in rule.levels
    ]
    best = np.argmin(np.round(costs, 6), axis=0)
    saved = costs[0] - np.min(costs, axis=0)
    best[saved < rule.minimum_gain] = 0
    pay: Floats = np.array([level.cost for level in rule.levels])[best]
    return pay
