"""The crew plan on the published draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from allocation.doubted import doubted, is_quick
from allocation.doubts import doubts as doubts_of
from allocation.fairness_rule import resolve_fairness
from allocation.given import Given
from allocation.known_waits import with_known_waits
from allocation.plan import Allocation, allocate
from allocation.posted import with_posted
from allocation.problem import Problem
from allocation.recent_snow import with_recent_snow
from allocation.resolve import resolve
from allocation.with_measured import with_measured
from domain.city import Crews
from domain.panel import Known
from domain.progress import Progress
from domain.tables import SENSITIVITY
from pipelines.job import Run, ensembles, known_at
from pipelines.steps.assemble import Forecast
from pipelines.steps.last_orders import with_last_orders
from pipelines.steps.last_week import with_last_week
from pipelines.steps.measured import last_year, measured_figures
from pipelines.steps.reporting import reporting_propensity
from storage.backlog import open_requests
from storage.evaluations import latest_waits
from storage.previous import previous_vintage

SHARE_DAYS = 365


@dataclass(frozen=True)
class Planned:
    """The resolved problem, the backlog it started from and what was decided."""

    problem: Problem
    backlog: pd.DataFrame
    allocation: Allocation
    unlocated_share: dict[str, float]
    reporting: pd.DataFrame
    doubts: pd.DataFrame
    """Columns of `domain.tables.SENSITIVITY` without vintage_id; empty where not_varied says why."""
    not_varied: str
    previous: str | None = None
    """The vintage whose roster the plan started from."""


def plan_crews(run: Run, forecast: Forecast, progress: Progress) -> Planned:
    """Resolve yards, crews and shifts for the days after the as-of day, and allocate."""
    plan, known, (weather, _) = run.job.plan(), known_at(run), ensembles(run)
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    before = previous_vintage(run.job.folder(), run.as_of, days[0])
    problem = with_last_orders(resolve(plan, known.areas, days, known.holidays), before)
    problem = with_recent_snow(problem, known.newest_weather)
    problem = with_measured(problem, measured_figures(run, problem, *last_year(run, problem)))
    fitted = latest_waits(run.job.folder(), run.as_of)
    problem = with_known_waits(problem, plan.city.crews, fitted, known.demand)
    problem = problem if before is None else with_posted(problem, before.frame("roster"))
    problem = with_last_week(problem, run.job.folder(), run.as_of)
    progress("learning how readily each area reports")
    reporting = reporting_propensity(run)
    fairness = resolve_fairness(plan.city.crews.fairness, reporting, known.areas.names)
    problem = problem.model_copy(update={"fairness": fairness})
    backlog = open_requests(run.snapshot(), plan, run.as_of)
    share = unlocated_share(known)
    horizon = run.horizon()
    given = Given(
        problem=problem,
        paths=forecast.paths.days(0, horizon),
        by_shift=forecast.by_shift,
        areas=known.areas,
        backlog=backlog,
        weather=weather and weather.first(horizon),
        unlocated_share=share,
        seed=plan.city.seed,
    )
    allocation = allocate(given, progress)
    doubts, not_varied = SENSITIVITY.empty().drop(columns="vintage_id"), unvaried(problem, plan.city.crews)
    if not not_varied:
        progress("repeating the plan at figures that nobody measured")
        doubts = doubted(given, published=allocation.roster).table
    last = before.manifest.vintage_id if before else None
    return Planned(problem, backlog, allocation, share, reporting, doubts, not_varied, last)


def unvaried(problem: Problem, crews: Crews) -> str:
    """Why a run does not repeat its plan at other figures, in words; empty where it does."""
    if not doubts_of(problem):
        return "every figure was measured"
    if not crews.repeat_when_doubted:
        return "the city’s file switches it off (crews.repeat_when_doubted: false)"
    return "" if is_quick(problem) else "the city is too large to plan again at each figure every day"


def unlocated_share(known: Known) -> dict[str, float]:
    """Share of each category's requests of the last year that name no area; 0 where there are none."""
    located = known.demand.counts[:, :, -SHARE_DAYS:].sum(axis=(1, 2))
    without = known.demand.unlocated[:, -SHARE_DAYS:].sum(axis=1)
    shares = without / np.maximum(located + without, 1)
    return {c: round(float(s), 6) for c, s in zip(known.demand.categories, shares, strict=True)}
