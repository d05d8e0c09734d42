"""What a budget is made from: the long view's draws and weather, the open work, the crews of every day ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.budget.arrivals import requests_by_shift
from allocation.budget.pool import Pool, build_pool
from allocation.budget.terms import Terms, own_crews, resolve_terms
from allocation.dense import dense
from allocation.known_waits import with_known_waits
from allocation.resolve import resolve
from allocation.with_measured import with_measured
from allocation.work import opening_jobs
from domain.measured import MeasuredFigure
from domain.panel import Floats, WeatherPaths
from domain.progress import Progress
from domain.words import WEATHER_VARIABLES
from models.shifts import profiles
from pipelines.job import Run, known_at
from pipelines.steps.long_view import with_holidays
from pipelines.steps.measured import last_year, measured_figures
from storage.backlog import open_requests
from storage.evaluations import latest_waits
from storage.long_views import LongView


@dataclass(frozen=True)
class Inputs:
    """weather: paths over the pool's days; None where the city has none. path: (S,) the path of each draw."""

    pool: Pool
    terms: Terms
    weather: WeatherPaths | None
    path: np.ndarray


def budget_inputs(run: Run, view: LongView, last: date, progress: Progress) -> Inputs:
    """Everything over the days from the as-of day to `last`. Raises ConfigError of the crews or budget section."""
    plan, known = run.job.plan(), with_holidays(run, (last - run.origin).days)
    dates = [run.as_of + timedelta(days=d + 1) for d in range((last - run.as_of).days)]
    problem = with_measured(resolve(plan, known.areas, dates, known.holidays), measured_by_now(run))
    problem = own_crews(problem)
    problem = with_known_waits(problem, plan.city.crews, latest_waits(run.job.folder(), run.as_of), known.demand)
    terms = resolve_terms(plan, problem)
    d = dense(problem)
    progress("counting open work")
    backlog = open_requests(run.snapshot(), plan, run.as_of)
    none = np.zeros((len(d.work), len(problem.areas), 0, 1, 1))
    opening = opening_jobs(d, backlog, none)
    progress("laying requests on shifts")
    arrivals, share = _arrivals(run, view, [w.category for w in d.work], len(dates))
    weather = weather_paths(view, dates)
    draws = view.draws()
    start = plan.city.budget.fiscal_year_start
    pool = build_pool(d, arrivals, share, opening, weather, draws, view.manifest.unlocated_share, start)
    return Inputs(pool, terms, weather, draws.weather_path_id)


def measured_by_now(run: Run) -> tuple[MeasuredFigure, ...]:
    """What the sheets filed by the as-of day tell, as the plan of that day has it."""
    plan, known = run.job.plan(), known_at(run)
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    problem = resolve(plan, known.areas, days, known.holidays)
    return measured_figures(run, problem, *last_year(run, problem))


def _arrivals(
    run: Run, view: LongView, categories: list[str], days: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Requests by shift (H, N, S) and shares of the areas (A,); one category's draws in memory at a time."""
    plan, known = run.job.plan(), known_at(run)
    by_hour = profiles(known, plan)
    dates = pd.date_range(pd.Timestamp(view.manifest.first_date), periods=days, freq="D")
    arrivals, share = {}, {}
    for category in categories:
        samples = view.samples(category)[:, :days]
        profile = by_hour.share[known.demand.categories.index(category)]
        arrivals[category] = requests_by_shift(samples.sum(axis=0), dates, profile, plan.city.crews.shifts)
        total = samples.sum(axis=(1, 2)).astype(float)
        share[category] = total / total.sum() if total.sum() else np.full(len(total), 1 / len(total))
    return arrivals, share


def weather_paths(view: LongView, dates: list[date]) -> WeatherPaths | None:
    """The view's weather over `dates`, None where it has none."""
    table, paths = view.frame("weather"), view.frame("weather_paths")
    if table.empty:
        return None
    wanted = pd.DatetimeIndex([pd.Timestamp(d) for d in dates])
    rows = table[table["date"].isin(wanted)].sort_values(["weather_path_id", "date"], kind="stable")
    values = rows[[*WEATHER_VARIABLES]].to_numpy(dtype=np.float64)
    shaped = values.reshape(len(paths), len(wanted), len(WEATHER_VARIABLES))
    weight = paths["weight"].to_numpy(dtype=np.float64)
    return WeatherPaths(wanted, shaped, weight, tuple(paths["source"]), view.manifest.weather)
