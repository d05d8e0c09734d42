"""The real forecaster at each replayed origin, as the planner's belief."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np

from allocation.capacity import on_duty, snow_days
from allocation.dense import dense
from allocation.evaluate.facts import Ahead
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.window import cut
from allocation.problem import Problem
from allocation.work import scale_for_unlocated
from allocation.work_weather import work_pace
from domain.city import CityPlan
from domain.panel import Draws, Floats, Known, SamplePaths, WeatherPaths
from domain.progress import Progress
from models.backtest import Step, always, backtest
from models.reselection import reselecting
from models.shifts import profiles, split
from models.weather_ensemble import weather_paths
from pipelines.job import Run, known_on_latest_map
from pipelines.steps.plan import unlocated_share

SELECT = "select"
"""As a forecaster's name: the recipe is selected as a real run would have."""


def crewed_known(run: Run, origin: date) -> Known:
    """What was known at an origin, of the categories our crews work."""
    known, plan = known_on_latest_map(run, origin), crewed_plan(run.job.plan())
    at = [known.demand.categories.index(c.category) for c in plan.categories]
    share = known.demand.reported_share
    demand = replace(
        known.demand,
        categories=tuple(c.category for c in plan.categories),
        counts=known.demand.counts[at],
        unlocated=known.demand.unlocated[at],
        reported_share=None if share is None else share[at],
    )
    return replace(known, demand=demand, hours=None if known.hours is None else known.hours[at])


def crewed_plan(plan: CityPlan) -> CityPlan:
    """The city with the categories of public works alone: nobody else's is planned."""
    ours = tuple(c for c in plan.categories if c.is_ours and c.kind in ("queue", "event"))
    names = tuple(c.category for c in ours)
    return plan.model_copy(update={"categories": ours, "city": plan.city.model_copy(update={"categories": names})})


def forecasts(
    run: Run,
    problem: Problem,
    origins: Sequence[date],
    refits: Collection[date],
    settings: ReplaySettings,
    progress: Progress,
) -> Iterator[tuple[date, Ahead]]:
    """The paths at each origin, ascending; the first one is a fit, and so are those of `refits`."""
    known_of = partial(crewed_known, run)
    plan = crewed_plan(run.job.plan())
    seed, days = plan.city.seed, settings.commit_days
    if settings.forecaster == SELECT:
        recipe_for = reselecting(known_of, plan, origins[0], seed, progress)
    else:
        recipe_for = always(plan, settings.forecaster, origins[0])
        alone = plan.city.models.model_copy(update={"forecasters": (settings.forecaster,)})
        plan = plan.model_copy(update={"city": plan.city.model_copy(update={"models": alone})})
    steps = backtest(
        known_of, plan, origins, days + 1, refit_every=settings.refit_every, recipe_for=recipe_for, seed=seed,
        progress=progress, refit_at=refits,
    )  # fmt: skip
    for step in steps:
        yield step.origin, ahead_of(known_of(step.origin), plan, step, problem, settings)


def ahead_of(known: Known, plan: CityPlan, step: Step, problem: Problem, settings: ReplaySettings) -> Ahead:
    """A backtest's paths in the planner's terms."""
    weather = weather_paths(known, plan.city.models.weather_paths, settings.commit_days + 1, plan.city.seed)
    by_shift = requests_by_shift(known, plan, step.paths, problem)
    joint = _joint(problem, step.paths, weather, settings.commit_days)
    return Ahead(by_shift, *joint).first(settings.plan_draws).in_order()


def _joint(
    problem: Problem, paths: SamplePaths, weather: WeatherPaths | None, days: int
) -> tuple[Floats, np.ndarray, WeatherPaths | None, Floats | None]:
    """(weight, duty (H, K, S), weather over the planned days, pace (H, K, J, S)) of the draws' own weather paths."""
    small = dense(cut(problem, paths.dates[0].date(), days))
    first = weather and weather.first(days)
    draws: Draws = paths.draws
    duty = on_duty(small, snow_days(small, first, draws))
    return draws.weight / draws.weight.sum(), duty, first, work_pace(small, first, draws)


def requests_by_shift(known: Known, plan: CityPlan, paths: SamplePaths, problem: Problem) -> Floats:
    """(J, A, H, N, S) requests of all but the last day of `paths`, scaled for those without an area."""
    found = split(paths, profiles(known, plan), plan.city.crews.shifts, plan.city.seed)
    crewed = [w.category for w in problem.work if w.is_crewed]
    shares = unlocated_share(known)
    at = [found.categories.index(c) for c in crewed]
    factor = np.array([scale_for_unlocated(shares.get(c, 0.0)) for c in crewed])
    scaled: Floats = found.by_shift[at] * factor[:, None, None, None, None]
    return scaled
