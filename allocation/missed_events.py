"""What crews held ready buy: event requests that would go unanswered without them, and what that would cost.

The account is readiness's own (`allocation.readiness`): a district answers its everyday load plus held crews ×
`requests_per_crew_day`; what comes beyond is missed. Without some of a yard's held crews those that are left stand
where they are worth most, so each crew taken away is the one whose loss costs least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts, Dense
from allocation.readiness import EVERYDAY, Readiness, by_district, districts
from domain.category import EventWork
from domain.panel import Floats

Slot = tuple[int, int, int, int]


@dataclass(frozen=True)
class Missed:
    """requests: expected beyond what would be answered. money: of these, at `cost_per_missed_request`."""

    requests: float
    money: float


@dataclass
class _Post:
    """Crews of one yard that stand ready for one district on one date. beyond: (S,) requests over its everyday load."""

    j: int
    rule: EventWork
    crews: int
    beyond: Floats

    def missed(self, crews: int, weight: Floats) -> float:
        left: Floats = np.maximum(self.beyond - crews * self.rule.requests_per_crew_day.value, 0.0)
        return float(left @ weight)

    def loss(self, weight: Floats) -> tuple[float, float]:
        """Money and requests that one crew less costs here."""
        more = self.missed(self.crews - 1, weight) - self.missed(self.crews, weight)
        return self.rule.cost_per_missed_request * more, more


def missed_avoided(
    dense: Dense, ready: Readiness, requests: Mapping[str, Floats], weight: Floats
) -> dict[Slot, Missed]:
    """Slot (date, shift, yard, type) -> what its held crews avoid, for every slot with any; each slot taken alone.

    requests: category -> (A, H, N, S) over the planned dates. weight: (S,), sums to 1.
    """
    daily = {c: by_district(dense, r.sum(axis=2)) for c, r in requests.items()}
    found = {}
    for h, n, y, k in np.argwhere(ready.held > 0):
        posts = [p for p in _posts(dense, ready, daily, int(h), int(y)) if dense.skilled[k, p.j]]
        found[int(h), int(n), int(y), int(k)] = _without(posts, int(ready.held[h, n, y, k]), weight)
    return found


def missed_in_order(
    dense: Dense, ready: Readiness, requests: Mapping[str, Floats], weight: Floats, slots: Counts
) -> Floats:
    """Money of missed requests that each slot's held crews avoid when slots are added in the order of `slots`, (M,).

    slots: (M, 4) as of `allocation.build_up`. The increments of a yard and date sum to what all its held crews avoid.
    """
    daily = {c: by_district(dense, r.sum(axis=2)) for c, r in requests.items()}
    money = np.zeros(len(slots))
    held = np.array([ready.held[tuple(slot)] for slot in slots], dtype=np.int64)
    for h, y in {(int(s[0]), int(s[2])) for s in slots[held > 0]}:
        posts = _posts(dense, ready, daily, h, y)
        own = np.flatnonzero((slots[:, 0] == h) & (slots[:, 2] == y) & (held > 0))
        for i in own[::-1]:  # what was added last goes first
            able = [p for p in posts if dense.skilled[slots[i][3], p.j]]
            money[i] = _without(able, int(held[i]), weight).money
    return money


def _posts(dense: Dense, ready: Readiness, daily: Mapping[str, Floats], h: int, y: int) -> list[_Post]:
    table, names = ready.table, districts(dense)
    day, yard = np.datetime64(dense.problem.dates[h]), dense.problem.yards[y].name
    rows = table[(table["date"] == day) & (table["yard"] == yard) & (table["crews"] > 0)]
    posts = []
    for category, district, crews in rows[["category", "district", "crews"]].itertuples(index=False):
        j = next(i for i, w in enumerate(dense.work) if w.category == category)
        event, d, own = dense.work[j].event, names.index(district), daily[category]
        assert event is not None
        everyday = np.quantile(own[d], EVERYDAY)
        posts.append(_Post(j, event, int(crews), own[d, h] - everyday))
    return posts


def _without(posts: list[_Post], crews: int, weight: Floats) -> Missed:
    requests = money = 0.0
    for _ in range(crews):
        left = [p for p in posts if p.crews > 0]
        if not left:
            break
        least = min(left, key=lambda p: p.loss(weight)[0])
        cost, more = least.loss(weight)
        least.crews -= 1
        money, requests = money + cost, requests + more
    return Missed(requests, money)
