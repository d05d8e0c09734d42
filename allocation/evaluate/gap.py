"""How much of the gap between the best simple policy and the oracle a policy closes, with its interval.

Weeks are resampled in blocks (circular block bootstrap, Politis and Romano 1992), the same weeks for all policies, as
one backlog runs on into the next week. The best simple policy is chosen again in every resample, so that picking it
on the same weeks does not flatter it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.evaluate.settings import Bootstrap
from domain.chance import generator
from domain.panel import Floats


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Saving:
    """saved: money against the best simple policy; against_supervisor. closed: share of the gap to the oracle, None
    where the gap is at most `least` of the cost, as where there is no cost at all, or nothing may be divided; told says
    so."""

    best_simple: str
    closed: Interval | None
    saved: Interval
    against_supervisor: Interval
    told: str


@dataclass(frozen=True)
class Gap:
    """One policy. best_simple, oracle: money over all weeks. closed, saved, against_supervisor, told: as of `Saving`,
    with the money beside all weeks. without_closing: the same of the weeks alone, as that money has no week and so no
    share in any interval."""

    policy: str
    best_simple: str
    best_simple_cost: float
    oracle_cost: float
    cost: float
    closed: Interval | None
    saved: Interval
    against_supervisor: Interval
    told: str
    without_closing: Saving


def resamples(weeks: int, rule: Bootstrap, seed: int) -> NDArray[np.int64]:
    """Week positions of each resample, (draws, weeks): blocks that wrap around the end, at most half as long as all."""
    block = max(1, min(rule.block_weeks, weeks // 2))
    blocks = -(-weeks // block)
    start = generator(seed, "bootstrap over weeks").integers(0, weeks, (rule.draws, blocks))
    at: NDArray[np.int64] = ((start[..., None] + np.arange(block)) % weeks).reshape(rule.draws, -1)[:, :weeks]
    return at


def costs_by_week(rows: pd.DataFrame, column: str = "cost") -> pd.DataFrame:
    """Money by week (index) and policy (columns); raises ValueError where a policy misses a week."""
    wide = rows.pivot(index="week", columns="policy", values=column).sort_index()
    if wide.isna().any().any():
        raise ValueError(f"policies were not all replayed in every week: {wide.isna().sum().to_dict()}")
    return wide


def gaps(
    costs: pd.DataFrame,
    simple: Sequence[str],
    oracle: str,
    rule: Bootstrap,
    least: float,
    seed: int,
    closing: pd.Series | None = None,
) -> list[Gap]:
    """Of every policy neither simple nor the oracle. closing: policy -> money beside all weeks, resampled with none."""
    at = resamples(len(costs), rule, seed)
    beside = pd.Series(0.0, index=costs.columns) if closing is None else closing[costs.columns]
    weeks = {str(name): costs[name].to_numpy()[at].sum(axis=1) for name in costs.columns}
    sums = {name: drawn + float(beside[name]) for name, drawn in weeks.items()}
    whole, found = costs.sum() + beside, []
    for name in (str(n) for n in costs.columns if n != oracle and n not in simple):
        saving = _saving(name, whole, sums, simple, oracle, rule.level, least)
        bare = _saving(name, costs.sum(), weeks, simple, oracle, rule.level, least)
        cost = {p: float(whole[p]) for p in (saving.best_simple, oracle, name)}
        found.append(
            Gap(
                name, saving.best_simple, cost[saving.best_simple], cost[oracle], cost[name], saving.closed,
                saving.saved, saving.against_supervisor, saving.told, bare,
            )
        )  # fmt: skip
    return found


def _saving(
    name: str, whole: pd.Series, sums: dict[str, Floats], simple: Sequence[str], oracle: str, level: float, least: float
) -> Saving:
    best = min(simple, key=lambda s: float(whole[s]))
    bar = np.min([sums[s] for s in simple], axis=0)
    saved = _interval(float(whole[best] - whole[name]), bar - sums[name], level)
    supervisor = _interval(float(whole["supervisor"] - whole[name]), sums["supervisor"] - sums[name], level)
    width = float(whole[best] - whole[oracle])
    closed, told = None, ""
    if width <= least * float(whole[best]):
        told = _too_little(width, float(whole[best]), best)
    else:
        ratio = np.divide(bar - sums[name], bar - sums[oracle], out=np.full(len(bar), np.nan), where=bar > sums[oracle])
        closed = _interval(float(whole[best] - whole[name]) / width, ratio[np.isfinite(ratio)], level)
    return Saving(best, closed, saved, supervisor, told)


def _too_little(width: float, cost: float, best: str) -> str:
    if cost <= 0:
        return f"{best} has no cost here, so there is no gap to close"
    return f"the oracle is {width / cost:+.1%} of cost ahead of {best}: too little to divide by"


def _interval(value: float, drawn: Floats, level: float) -> Interval:
    if not len(drawn):
        return Interval(value, float("-inf"), float("inf"))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
