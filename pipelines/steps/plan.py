"""The crew plan on the published draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from allocation.fairness_rule import resolve_fairness
from allocation.plan import Allocation, allocate
from allocation.problem import Problem, resolve
from domain.panel import Known
from domain.progress import Progress
from pipelines.job import Run, ensembles, known_at
from pipelines.steps.assemble import Forecast
from pipelines.steps.reporting import reporting_propensity
from storage.backlog import open_requests

SHARE_DAYS = 365


@dataclass(frozen=True)
class Planned:
    """The resolved problem, the backlog it started from and what was decided."""

    problem: Problem
    backlog: pd.DataFrame
    allocation: Allocation
    unlocated_share: dict[str, float]
    reporting: pd.DataFrame


def plan_crews(run: Run, forecast: Forecast, progress: Progress) -> Planned:
    """Resolve yards, crews and shifts for the days after the as-of day, and allocate."""
    plan, known, (weather, _) = run.job.plan(), known_at(run), ensembles(run)
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    problem = resolve(plan, known.areas, days, known.holidays)
    progress("learning how readily each area reports")
    reporting = reporting_propensity(run)
    fairness = resolve_fairness(plan.city.crews.fairness, reporting, known.areas.names)
    problem = problem.model_copy(update={"fairness": fairness})
    backlog = open_requests(run.snapshot(), plan, run.as_of)
    share = unlocated_share(known)
    horizon = run.horizon()
    allocation = allocate(
        problem,
        forecast.paths.days(0, horizon),
        forecast.by_shift,
        known.areas,
        backlog,
        weather and weather.first(horizon),
        share,
        plan.city.seed,
        progress,
    )
    return Planned(problem, backlog, allocation, share, reporting)


def unlocated_share(known: Known) -> dict[str, float]:
    """Share of each category's requests of the last year that name no area; 0 where there are none."""
    located = known.demand.counts[:, :, -SHARE_DAYS:].sum(axis=(1, 2))
    without = known.demand.unlocated[:, -SHARE_DAYS:].sum(axis=1)
    shares = without / np.maximum(located + without, 1)
    return {c: round(float(s), 6) for c, s in zip(known.demand.categories, shares, strict=True)}
