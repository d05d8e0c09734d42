"""Minutes a job of every kind of work that a crew type does, estimated together from its shifts.

A shift's jobs of all kinds are Poisson about its minutes ÷ what a job of its mix takes, so that all kinds share one
likelihood (quasi-likelihood by Fisher scoring: McCullagh and Nelder, Generalized Linear Models, ch. 9), each with its
own gamma prior. Where every shift has the same mix, only the total is known, and the joint information says so.

Which mix a shift had can be read in two ways. As counted: jobs were taken as they lay. Or hours were shared out
beforehand, and counts scatter about that mix, which draws the kinds' minutes together; then the mix is brought back to
the usual one as far as it scatters no more than chance (Dirichlet-multinomial: Mosimann 1962; regression calibration:
Carroll et al., Measurement Error in Nonlinear Models, ch. 4). Sheets do not tell which, so both count alike, and how
far they lie apart widens the ranges (Bayesian model averaging: Hoeting et al. 1999). With one kind of work both are the
gamma-Poisson posterior of `allocation.measured`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from allocation.dense import Bools
from allocation.promised import SLOT
from allocation.spread import Spread, ratio_of, scatter_of
from domain.panel import Floats

SPLIT_PRIOR = 10.0
"""Jobs that a stated figure is worth at most among several kinds, as if it were assumed: how their hours are split
would else rest on what was stated, and the range would claim that somebody had measured it."""
ROUNDS, SETTLED, LONGEST_STEP = 50, 1e-6, 1.0
ALMOST_NONE, ALL = 1e-6, 1e9


class Filed(NamedTuple):
    """Shifts (S,) of one crew type by kinds of work (J,). minutes: (S,), set-up left out. jobs, on_job, driving:
    (S, J), the latter as stated, in minutes a job in that day's weather. could: (S, J) whether that work could be done
    and was counted."""

    minutes: Floats
    jobs: Floats
    on_job: Floats
    driving: Floats
    could: Bools


def job_ratios(rows: pd.DataFrame, first: Mapping[str, float], priors: Mapping[str, float]) -> dict[str, Spread]:
    """Real ÷ stated minutes of a first job, by every category with jobs. rows: as of `allocation.telling.telling_jobs`,
    of one crew type. first: stated minutes. priors: jobs that each of them is worth."""
    counted = rows.groupby("category")["jobs"].sum()
    kinds = [category for category in first if counted.get(category, 0.0) > 0]
    if not kinds:
        return {}
    filed = _filed(rows[rows["category"].isin(kinds)], kinds, [first[c] for c in kinds])
    return dict(zip(kinds, spreads(filed, np.array([priors[c] for c in kinds])), strict=True))


def spreads(filed: Filed, prior: Floats) -> list[Spread]:
    """The ratio of each kind of work, (J,), and its range. prior: jobs that its stated figure is worth; among several
    kinds no more than `SPLIT_PRIOR` of them count."""
    held = prior if len(prior) == 1 else np.minimum(prior, SPLIT_PRIOR)
    fits = [_fit(filed, held, _mix(filed, hold)) for hold in sorted({ALMOST_NONE, _hold(filed)})]
    logs = np.array([log for log, _ in fits])
    within = [np.diag(np.linalg.inv(known + np.diag(held * np.exp(-log)))) for log, known in fits]
    value, counts = np.exp(logs.mean(axis=0)), 1 / (np.mean(within, axis=0) + logs.var(axis=0))
    return [ratio_of(float(v), float(n)) for v, n in zip(value, counts, strict=True)]


def _filed(rows: pd.DataFrame, kinds: list[str], first: list[float]) -> Filed:
    groups = rows.groupby(SLOT, sort=True)
    shift, kind = groups.ngroup().to_numpy(), pd.Index(kinds).get_indexer(pd.Index(rows["category"]))

    def wide(values: pd.Series | float) -> Floats:
        found = np.zeros((groups.ngroups, len(kinds)))
        found[shift, kind] = values
        return found

    head = groups[["hours", "crews", "setup_minutes"]].first()
    minutes = (head["hours"] * 60 - head["crews"] * head["setup_minutes"]).clip(lower=0).to_numpy(float)
    on_job = wide(rows["nearby_share"] / rows["pace"]) * np.array(first)
    return Filed(minutes, wide(rows["jobs"]), on_job, wide(rows["travel_minutes"] / rows["pace"]), wide(1.0) > 0)


def _mix(filed: Filed, hold: float) -> Floats:
    """Each shift's shares of its jobs, (S, J), as if `hold` jobs of the usual mix had been counted with them. The hours
    of each kind are usual, by stated minutes: weather that slows one leaves fewer jobs of it in them."""
    each = filed.on_job + filed.driving
    hours = np.broadcast_to((filed.jobs * each).sum(axis=0), each.shape)
    usual = np.divide(hours, each, out=np.zeros_like(each), where=filed.could)
    counted = filed.jobs + hold * usual / usual.sum(axis=1, keepdims=True)
    mix: Floats = counted / counted.sum(axis=1, keepdims=True)
    return mix


def _hold(filed: Filed) -> float:
    """Jobs of the usual mix that bring a shift's mix back to what lies behind it: as many as leave the shifts' mixes no
    further apart than chance and what differs from shift to shift put them."""
    usual = _mix(filed, ALL)
    each = filed.jobs.sum(axis=1)
    expected = each[:, None] * usual
    free = ((usual > 0).sum(axis=1) - 1)[each > 0].sum() * (1 - 1 / max(len(each), 2))
    if free <= 0:
        return ALMOST_NONE
    pearson = np.divide((filed.jobs - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    apart, mean = float(pearson.sum() / free), float(each[each > 0].mean())
    return ALL if apart <= 1 else float(np.clip((mean - apart) / (apart - 1), ALMOST_NONE, ALL))


def _fit(filed: Filed, prior: Floats, mix: Floats) -> tuple[Floats, Floats]:
    """The mode of the log ratios, (J,), and what the shifts know of them, (J, J), in jobs."""
    log, done = np.zeros(len(prior)), filed.jobs.sum(axis=1)
    known = np.zeros((len(prior), len(prior)))
    for _ in range(ROUNDS):
        on_job = mix * filed.on_job * np.exp(log)
        each = on_job.sum(axis=1) + (mix * filed.driving).sum(axis=1)
        part, expected = on_job / each[:, None], filed.minutes / each
        scatter = scatter_of(done, expected, len(prior))
        pull = part.T @ (expected - done) / scatter + prior * np.expm1(-log)
        known = (part * expected[:, None]).T @ part / scatter
        step = np.linalg.solve(known + np.diag(prior * np.exp(-log)), pull)
        log = log + step.clip(-LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max() < SETTLED:
            break
    return log, known
