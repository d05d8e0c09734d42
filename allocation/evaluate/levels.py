"""Readiness in the replay: called by a rain threshold, held from the yards, and what it then met or missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.dense import Counts, Dense
from allocation.holding import bench_of
from allocation.readiness import EVERYDAY, LEVELS, districts
from domain.panel import Floats

CALL_IN = LEVELS.index("call-in")


@dataclass(frozen=True)
class Readied:
    """What readiness came to on one day. missed: requests beyond what was held; missed_events: districts with any;
    idle_standbys: districts raised for a day that stayed everyday. cost: money of levels; missed_cost: of requests."""

    missed: float
    missed_events: int
    idle_standbys: int
    cost: float
    missed_cost: float


def district_index(dense: Dense) -> Counts:
    """Position of each area's district among `districts`, (A,)."""
    names = districts(dense)
    return np.array([names.index(a.district) for a in dense.problem.areas], dtype=np.int64)


def by_district(dense: Dense, values: Floats) -> Floats:
    """Areas (axis 1) summed to districts."""
    at = district_index(dense)
    return np.stack([values[:, at == d].sum(axis=1) for d in range(len(districts(dense)))], axis=1).astype(float)


def everyday(dense: Dense, daily_requests: Floats) -> Floats:
    """Requests a district answers on an everyday, (J, D): the `EVERYDAY` quantile of past days, (J, A, T)."""
    quantile: Floats = np.quantile(by_district(dense, daily_requests), EVERYDAY, axis=2)
    return quantile


def levels_of(dense: Dense, table: pd.DataFrame) -> Counts:
    """Level by category, district and date, (J, D, H), from the table of `choose_readiness`."""
    level = np.zeros((len(dense.work), len(districts(dense)), len(dense.problem.dates)), dtype=np.int64)
    j = pd.Index([w.category for w in dense.work]).get_indexer(pd.Index(table["category"]))
    d = pd.Index(districts(dense)).get_indexer(pd.Index(table["district"]))
    h = pd.DatetimeIndex(pd.to_datetime(list(dense.problem.dates))).get_indexer(pd.DatetimeIndex(table["date"]))
    level[j, d, h] = pd.Index(LEVELS).get_indexer(pd.Index(table["level"]))
    return level


def called_in(dense: Dense, wished: Counts, h: int = 0) -> tuple[Counts, Counts]:
    """(level (J, D), held (N, Y, K)) on date h where each district gets the highest level up to the wished one, (J, D),
    that the nearest able yard's own crews allow; districts in the order of their names."""
    level = np.zeros_like(wished)
    held = np.zeros((*dense.worked.shape, dense.available.shape[2]), dtype=np.int64)
    all_come = np.ones((dense.available.shape[2], 1))
    for j, work in enumerate(dense.work):
        if work.event is None:
            continue
        for d, name in enumerate(districts(dense)):
            bench = bench_of(dense, j, h, name, held, all_come, np.ones(1))
            ranks = [LEVELS.index(x.name) for x in work.event.levels if x.crews <= bench.left]
            level[j, d] = max([r for r in ranks if r <= wished[j, d]], default=0)
            crews = next((x.crews for x in work.event.levels if LEVELS.index(x.name) == level[j, d]), 0)
            if crews:
                bench.hold(crews, held)
    return level, held[h]


def readied(dense: Dense, level: Counts, usual: Floats, requests: Floats, held: Counts, there: Floats) -> Readied:
    """One day's account. level: (J, D) taken, usual: (J, D) everyday requests, requests: (J, A) that came. held:
    (N, Y, K) crews held ready, of which the share `there` (Y, K) came to work."""
    came = by_district(dense, requests)
    missed, events, idle, cost, missed_cost = 0.0, 0, 0, 0.0, 0.0
    for j, work in enumerate(dense.work):
        if work.event is None:
            continue
        ranked = {LEVELS.index(x.name): x for x in work.event.levels}
        crews = np.array([ranked[int(rank)].crews for rank in level[j]])
        come = crews * _share_there(held[..., dense.skilled[:, j]], there[:, dense.skilled[:, j]])
        beyond = np.maximum(came[j] - usual[j] - come * work.event.requests_per_crew_day.value, 0.0)
        missed += float(beyond.sum())
        events += int((beyond > 0).sum())
        idle += int(((crews > 0) & (came[j] <= usual[j])).sum())
        cost += float(sum(ranked[int(rank)].cost for rank in level[j]))
        missed_cost += work.event.cost_per_missed_request * float(beyond.sum())
    return Readied(missed, events, idle, cost, missed_cost)


def _share_there(held: Counts, there: Floats) -> float:
    """Part of the held crews with one skill that came to work."""
    return float((held * there).sum() / held.sum()) if held.any() else 1.0
