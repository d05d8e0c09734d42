"""Minutes of work with travel, the yard an area belongs to, and the load a city's crews carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from allocation.absence import present_share
from allocation.dense import Counts, Dense
from allocation.problem import Problem, WorkRule
from allocation.roster_cost import is_hired
from allocation.work import minutes_per_job
from domain.panel import Floats

DAYS_OPEN = 2.0
"""Days of requests taken to lie open in an area when a crew comes, for its minutes a job (as `surrogate` has it)."""


def yard_of(dense: Dense) -> Counts:
    """The nearest yard that has crews and works on any date, (A,); the nearest of all where none has."""
    staffed = np.asarray(dense.available.any(axis=(0, 2)) & dense.worked.any(axis=(0, 1)))
    drive = np.where(staffed[:, None], dense.drive, np.inf) if staffed.any() else dense.drive
    nearest: Counts = drive.argmin(axis=0)
    return nearest


def by_skills(dense: Dense) -> list[int]:
    """Types of own crews, those with fewest skills first: they are placed and moved before others."""
    own = np.flatnonzero(~is_hired(dense))
    return sorted((int(k) for k in own), key=lambda k: (int(dense.skilled[k].sum()), k))


def mean_minutes(dense: Dense, open_jobs: Floats) -> Floats:
    """Minutes a job with travel by category and area, (J, A), from the area's own yard by the able type with the fewest
    skills; open_jobs: (J, A) what lies open when a crew comes."""
    minutes = np.zeros(open_jobs.shape)
    yard = yard_of(dense)
    for j in range(len(minutes)):
        able = [k for k in range(len(dense.skilled)) if dense.skilled[k, j] and dense.available[..., k].any()]
        if able:
            k = min(able, key=lambda k: (int(dense.skilled[k].sum()), k))
            for y in np.unique(yard):
                at = np.flatnonzero(yard == y)
                minutes[j, at] = minutes_per_job(dense, int(y), k, j, open_jobs[j, at][:, None], at)[:, 0]
    return minutes


def regular_minutes(dense: Dense) -> float:
    """Minutes own crews have over all dates: their longest shift each day, less set-up and absence."""
    net = np.where(dense.worked[..., None], dense.net_minutes[None, :, None, :], 0.0).max(axis=1)
    there = np.where(is_hired(dense), 0.0, present_share(dense))[:, None, :]
    return float((net * dense.available * there).sum())


def load(dense: Dense, daily_jobs: Floats) -> float:
    """Mean minutes of work with travel ÷ regular crew minutes. daily_jobs: (J, A) a day."""
    work = (daily_jobs * mean_minutes(dense, DAYS_OPEN * daily_jobs)).sum() * len(dense.problem.dates)
    have = regular_minutes(dense)
    return float(work / have) if have else float("inf")


def scale_for(dense: Dense, daily_jobs: Floats, wanted: float) -> float:
    """The factor on jobs a request at which the load is `wanted`; a load rises with the jobs, so halving finds it.

    Raises ValueError where there is no work, or no crew, to scale.
    """
    if not daily_jobs.any() or not np.isfinite(load(dense, daily_jobs)):
        raise ValueError("no load can be reached: the history holds no work for our crews, or no yard has crews")
    low, high = 0.0, 1.0
    while load(dense, daily_jobs * high) < wanted:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if load(dense, daily_jobs * middle) < wanted else (low, middle)
    return high


def scaled(problem: Problem, factor: Mapping[str, float]) -> Problem:
    """The problem with so many times the jobs a request, by category of ours: fewer requests share a job, so a late
    request costs what it did."""
    work = tuple(_scaled(w, factor[w.category]) if w.is_crewed else w for w in problem.work)
    return problem.model_copy(update={"work": work})


def _scaled(work: WorkRule, factor: float) -> WorkRule:
    shared = work.conversion.requests_per_job
    conversion = work.conversion.model_copy(
        update={"requests_per_job": shared.model_copy(update={"value": shared.value / factor})}
    )
    return work.model_copy(update={"conversion": conversion})
