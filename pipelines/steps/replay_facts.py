"""What really came over the replayed days, as of what the data hold at their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.capacity import on_duty, snow_days
from allocation.dense import dense
from allocation.evaluate.closing import mass_closing_days
from allocation.evaluate.facts import Facts, Loaded
from allocation.evaluate.levels import everyday
from allocation.evaluate.settings import MassClosing
from allocation.evaluate.window import Windows, configured
from allocation.evaluate.workload import load, scale_for, scaled
from allocation.problem import Problem
from allocation.resolve import resolve
from allocation.waits import ordinals
from allocation.work import jobs_per_request, scale_for_unlocated
from allocation.work_weather import as_observed, work_pace
from domain.city import CityPlan
from domain.errors import ConfigError
from domain.panel import Floats, Known
from domain.tables import WEATHER_ISSUED
from models.shifts import DAY_MINUTES, assumed_profile, owners
from pipelines.job import Run, known_on_latest_map
from pipelines.steps.plan import unlocated_share
from storage.clock import start_of_day
from storage.filed import requests_filed

DUE_WINDOW_DAYS = 28
LOAD_DAYS = 365


@dataclass(frozen=True)
class Course:
    """The real course of a stretch of days. rows: `storage.filed.requests_filed`; facts: what a replay plays."""

    facts: Facts
    rows: pd.DataFrame
    first: date
    last: date


def course(run: Run, first: date, last: date, beyond: int) -> Course:
    """Days first..last, and `beyond` more on which a last roster may still rest."""
    plan, end = run.job.plan(), last + timedelta(days=beyond)
    if run.snapshot().meta.is_counts:
        raise ConfigError(
            f"{plan.city.title}: a source of daily counts tells neither what was open nor when it was closed",
            remedy="replay a city whose source gives one row a request",
        )
    end = min(end, run.origin)
    days = [first + timedelta(days=d) for d in range((end - first).days + 1)]
    known = known_on_latest_map(run, end)
    problem = resolve(plan, known.areas, days, known.holidays)
    rows = requests_filed(run.snapshot(), plan, first, end, end)
    requests = by_shift(rows, problem, plan, run.snapshot().meta.has_hours)
    duty, pace = _as_observed(problem, known)
    facts = Facts(problem, requests, duty, _rain(run, plan, days), pace=pace)
    return Course(facts, rows, first, last)


def by_shift(rows: pd.DataFrame, problem: Problem, plan: CityPlan, has_hours: bool) -> Floats:
    """Requests by crewed category, area, date and shift, (J, A, T, N); those without an area spread as the others of
    their category lie, so that none is lost."""
    crewed = [w.category for w in problem.work if w.is_crewed]
    names, shifts = [a.area for a in problem.areas], plan.city.crews.shifts
    out = np.zeros((len(crewed), len(names), len(problem.dates), len(shifts)))
    lost = np.zeros((len(crewed), len(problem.dates), len(shifts)))
    for j, category in enumerate(crewed):
        own = rows[rows["category"] == category]
        day = (own["local"].dt.normalize() - pd.Timestamp(problem.dates[0])).dt.days.to_numpy(dtype=np.int64)
        at, share = _shift_of(own["local"], day, plan, category, has_hours)
        area = pd.Index(names).get_indexer(pd.Index(own["area"]))
        for n in range(len(shifts)):
            ok = (at[:, n] >= 0) & (at[:, n] < len(problem.dates))
            here = ok & (area >= 0)
            np.add.at(out[j, :, :, n], (area[here], at[here, n]), share[here, n])
            np.add.at(lost[j, :, n], at[ok & (area < 0), n], share[ok & (area < 0), n])
        lie = out[j].sum(axis=(1, 2))
        spread = lie / lie.sum() if lie.sum() else np.full(len(names), 1 / len(names))
        out[j] += spread[:, None, None] * lost[j][None]
    return out


def _shift_of(
    local: pd.Series, day: np.ndarray, plan: CityPlan, category: str, has_hours: bool
) -> tuple[np.ndarray, Floats]:
    """For every request, by shift: the day it starts, (n, N), and the request's share in it, (n, N)."""
    shifts = plan.city.crews.shifts
    if has_hours:
        minute = (local.dt.hour * 60 + local.dt.minute).to_numpy(dtype=np.int64)
        owner, moved = owners(shifts)
        share = (owner[minute][:, None] == np.arange(len(shifts))).astype(float)
        return np.repeat((day + moved[minute])[:, None], len(shifts), axis=1), share
    hourly = assumed_profile(plan.category(category), shifts)
    owner, _ = owners(shifts)
    part = np.bincount(owner, np.repeat(hourly / 60, DAY_MINUTES // 24), minlength=len(shifts))
    return np.repeat(day[:, None], len(shifts), axis=1), np.repeat(part[None], len(day), axis=0)


def _as_observed(problem: Problem, known: Known) -> tuple[np.ndarray, Floats | None]:
    """(duty (T, K), pace (T, K, J) or None) by the weather that was observed: who is away for snow, and what weather
    stops or slows."""
    seen, one = as_observed(known.weather)
    d = dense(problem)
    pace = work_pace(d, seen, one)
    return on_duty(d, snow_days(d, seen, one))[..., 0], None if pace is None else pace[..., 0]


def _rain(run: Run, plan: CityPlan, days: list[date]) -> dict[date, float]:
    """Rain of each day as issued, and known, the evening before."""
    issued = run.snapshot().frame(WEATHER_ISSUED)
    if issued.empty:
        return {}
    eve = issued[issued["date"] == issued["origin"] + pd.Timedelta(days=1)]
    over = {d: start_of_day(plan.city.zone, d) for d in days}
    found = {}
    for day, rain, known_at in zip(eve["date"], eve["precipitation_mm"], eve["known_at"], strict=True):
        if day.date() in over and known_at <= over[day.date()] and rain == rain:
            found[day.date()] = float(rain)
    return found


def history(known: Known, problem: Problem) -> tuple[tuple[date, ...], Floats]:
    """Days and requests (J, A, T) as known at an origin, scaled for those without an area."""
    crewed = [w.category for w in problem.work if w.is_crewed]
    shares = unlocated_share(known)
    rows = [known.demand.of(c) * scale_for_unlocated(shares.get(c, 0.0)) for c in crewed]
    return tuple(d.date() for d in known.demand.dates), np.stack(rows).astype(float)


def loaded(facts: Facts, known: Known, wanted: float | None) -> Loaded:
    """The facts at one load, measured on the year before the first roster; None leaves the jobs as they are."""
    _, requests = history(known, facts.problem)
    past = requests[..., -LOAD_DAYS:]
    base = dense(facts.problem)
    each = np.array([jobs_per_request(w.conversion) for w in base.work])
    daily = past.mean(axis=2) * each[:, None]
    factor = 1.0 if wanted is None else scale_for(base, daily, wanted)
    problem = scaled(facts.problem, {w.category: factor for w in base.work})
    got = load(base, daily * factor)
    return Loaded(got, factor, facts, Windows(problem), configured(problem), everyday(base, past))


def due_days_in_force(course_: Course, problem: Problem) -> Floats:
    """Days from filing to the source's due time, (J, T): the median of the requests filed within four weeks; the
    category's own where the source has none."""
    crewed = [w for w in problem.work if w.is_crewed]
    days = np.array([d.toordinal() for d in problem.dates])
    out = np.zeros((len(crewed), len(days)))
    for j, work in enumerate(crewed):
        rows = course_.rows[(course_.rows["category"] == work.category) & course_.rows["due_at"].notna()]
        filed = ordinals(rows["created_at"], problem.timezone)
        taken = ordinals(rows["due_at"], problem.timezone) - filed
        for t, day in enumerate(days):
            near = taken[np.abs(filed - day) <= DUE_WINDOW_DAYS / 2]
            out[j, t] = np.median(near) if len(near) else round((work.due_hours or 0.0) / 24)
    return out


def recorded(course_: Course, problem: Problem, last: date, rule: MassClosing) -> pd.DataFrame:
    """Rows of `allocation.evaluate.closing`, and `is_clerical`: what is open at `last` or was closed on a day of mass
    closing, as known then, is censored."""
    crewed = {w.category: w.due_hours or 0.0 for w in problem.work if w.is_crewed}
    rows = course_.rows[course_.rows["category"].isin(list(crewed))]
    hours = pd.to_timedelta(rows["category"].map(crewed).astype(float), unit="h")
    due = ordinals(rows["due_at"].fillna(rows["created_at"] + hours), problem.timezone)
    closed = rows["closed_at"].where(rows["status"] == "closed")
    ended = np.where(
        closed.notna(), ordinals(closed.fillna(rows["created_at"]), problem.timezone), last.toordinal() + 1
    )
    filed = ordinals(rows["created_at"], problem.timezone)
    after = ended > last.toordinal()
    at_once = np.zeros(len(rows), dtype=bool)
    for category in crewed:
        own = ((rows["category"] == category) & (filed <= last.toordinal())).to_numpy()
        until = np.minimum(ended[own], last.toordinal() + 1)
        at_once[own] = np.isin(until, list(mass_closing_days(filed[own], until, after[own], rule)))
    return pd.DataFrame(
        {
            "category": rows["category"].to_numpy(),
            "filed": filed,
            "due": due.astype(float),
            "closed": np.minimum(ended, last.toordinal()),
            "is_censored": at_once | after,
            "weight": np.ones(len(rows)),
            "is_clerical": at_once,
        }
    )
