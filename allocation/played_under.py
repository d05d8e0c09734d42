"""A decision played on other draws, nothing decided again: what a scenario alone does to a published plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.dense import Dense
from allocation.given import Given
from allocation.missed_events import missed_in_order
from allocation.plan import Decision
from allocation.posed import Posed, posed
from allocation.published import replayed
from allocation.readiness import EVERYDAY, Readiness, by_district
from domain.panel import Floats
from domain.progress import Progress, silent


def played_under(given: Given, made: Decision, progress: Progress = silent) -> Decision:
    """The roster and the crews held ready of `made`, simulated on `given`: the same problem, other draws or weights."""
    p = posed(given, progress)
    return replayed(replace(p, ready=held_again(p, made.ready)), made.chosen.roster)


def held_again(p: Posed, ready: Readiness) -> Readiness:
    """The same levels and held crews, there as these draws have it, with the money that they and the requests beyond
    them cost."""
    ready, slots = replace(ready, there=p.ready.there), np.argwhere(ready.held > 0)
    avoided = missed_in_order(p.dense, ready, p.work.requests, p.weight, slots).sum()
    cost = float(ready.table["cost"].sum()) + _missed_by_nobody(p.dense, p.work.requests, p.weight) - float(avoided)
    return replace(ready, expected_cost=cost)


def _missed_by_nobody(dense: Dense, requests: dict[str, Floats], weight: Floats) -> float:
    """Money of requests beyond the everyday load of each district and date, no crew held ready."""
    money = 0.0
    for work in dense.work:
        if work.event is not None:
            daily = by_district(dense, requests[work.category].sum(axis=2))
            everyday = np.quantile(daily, EVERYDAY, axis=(1, 2))
            excess = np.maximum(daily - everyday[:, None, None], 0.0)
            money += work.event.cost_per_missed_request * float((excess @ weight).sum())
    return money
