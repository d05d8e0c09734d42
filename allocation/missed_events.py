"""What crews held ready buy: event requests that would go unanswered without them, and what that would cost.

The account is readiness's own (`allocation.readiness`): a district answers its everyday load plus held crews that are
there × `requests_per_crew_day`; what comes beyond is missed. Without some of a yard's held crews those that are left
stand where they are worth most, so each crew taken away is the one whose loss costs least.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts, Dense
from allocation.readiness import EVERYDAY, Readiness, by_district
from domain.category import EventWork
from domain.panel import Floats

Slot = tuple[int, int, int, int]


@dataclass(frozen=True)
class Missed:
    """requests: expected beyond what would be answered. money: of these, at `cost_per_missed_request`."""

    requests: float
    money: float


@dataclass
class _Stand:
    """Crews of one yard that stand ready for one district on one date. crews: (K,); there: (K, S) share of a type's
    crews at work. beyond: (S,) requests over the district's everyday load."""

    j: int
    rule: EventWork
    crews: Counts
    there: Floats
    beyond: Floats

    def missed(self, weight: Floats, less: int | None = None, more: int | None = None) -> float:
        """Requests expected beyond its answer. less, more: types of which one crew goes, and comes."""
        come = self.crews @ self.there
        for k, sign in ((less, -1.0), (more, 1.0)):
            come = come if k is None else come + sign * self.there[k]
        left: Floats = np.maximum(self.beyond - come * self.rule.requests_per_crew_day.value, 0.0)
        return float(left @ weight)


@dataclass(frozen=True)
class _Loss:
    """What it costs when the yard has a crew of type k fewer: `stand` is left by one of type `of`, who takes the place
    of the one that went from `other`, where that is not the same."""

    stand: _Stand
    of: int
    other: _Stand | None
    money: float
    requests: float

    def take(self, k: int) -> None:
        self.stand.crews[self.of] -= 1
        if self.other is not None:
            self.other.crews[[k, self.of]] += [-1, 1]


def missed_avoided(
    dense: Dense, ready: Readiness, requests: Mapping[str, Floats], weight: Floats
) -> dict[Slot, Missed]:
    """Slot (date, shift, yard, type) -> what its held crews avoid, for every slot with any; each slot taken alone.

    requests: category -> (A, H, N, S) over the planned dates. weight: (S,), sums to 1.
    """
    daily = {c: by_district(dense, r.sum(axis=2)) for c, r in requests.items()}
    found = {}
    for h, n, y, k in np.argwhere(ready.held > 0):
        stands = _stands(dense, ready, daily, int(h), int(y))
        found[int(h), int(n), int(y), int(k)] = _without(dense, stands, int(k), int(ready.held[h, n, y, k]), weight)
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
        stands = _stands(dense, ready, daily, h, y)
        own = np.flatnonzero((slots[:, 0] == h) & (slots[:, 2] == y) & (held > 0))
        for i in own[::-1]:  # what was added last goes first
            money[i] = _without(dense, stands, int(slots[i][3]), int(held[i]), weight).money
    return money


def _stands(dense: Dense, ready: Readiness, daily: Mapping[str, Floats], h: int, y: int) -> list[_Stand]:
    stands = []
    for post in ready.posts:
        if (post.h, post.yard) == (h, y):
            work = dense.work[post.j]
            event, own = work.event, daily[work.category]
            assert event is not None
            beyond = own[post.d, h] - np.quantile(own[post.d], EVERYDAY)
            stands.append(_Stand(post.j, event, post.crews.copy(), ready.there[h], beyond))
    return stands


def _without(dense: Dense, stands: list[_Stand], k: int, crews: int, weight: Floats) -> Missed:
    requests = money = 0.0
    for _ in range(crews):
        losses = list(_losses(dense, stands, k, weight))
        if not losses:
            break
        least = min(losses, key=lambda loss: loss.money)
        least.take(k)
        money, requests = money + least.money, requests + least.requests
    return Missed(requests, money)


def _losses(dense: Dense, stands: list[_Stand], k: int, weight: Floats) -> Iterator[_Loss]:
    """Every way to do with one crew of type k fewer."""
    for stand in (s for s in stands if dense.skilled[k, s.j] and s.crews.any()):
        if stand.crews[k]:
            more = stand.missed(weight, less=k) - stand.missed(weight)
            yield _Loss(stand, k, None, stand.rule.cost_per_missed_request * more, more)
            continue
        for of in map(int, np.flatnonzero(stand.crews)):
            more = stand.missed(weight, less=of) - stand.missed(weight)
            for other in (s for s in stands if s.crews[k] and dense.skilled[of, s.j]):
                there = other.missed(weight, less=k, more=of) - other.missed(weight)
                money = stand.rule.cost_per_missed_request * more + other.rule.cost_per_missed_request * there
                yield _Loss(stand, of, other, money, more + there)
