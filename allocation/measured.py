"""Minutes a job, conversion and attainment re-estimated from what was really done, with 90 % intervals.

Minutes and conversion are gamma-Poisson (Gelman et al., Bayesian Data Analysis, section 2.6): jobs done are Poisson
about exposure ÷ ratio, and the ratio to the stated figure has an inverse-gamma prior about 1 that is worth as many
jobs as the stated figure's basis deserves (`PRIOR_COUNTS`). So a figure moves from what the YAML says to what was
measured as jobs add up. Where counts scatter more than Poisson (quasi-Poisson; Wedderburn 1974), they count for less.
All kinds of work of a crew type are estimated together (`allocation.job_minutes`). Minutes are those of a fair day:
hours worked in weather that slows the work count for as much less (`allocation.telling.paced`), driving included.
Attainment is a ratio of sums; its interval is the wider one of a bootstrap over days, which knows that crews stay away
together, and of a binomial posterior over shifts, which knows that what never happened yet may. Below `FEWEST_SHIFTS`,
and for minutes `FEWEST_JOBS`, nothing is said.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.absence import absence_on, stated_absence
from allocation.job_minutes import job_ratios
from allocation.problem import Problem, WorkRule
from allocation.promised import SLOT
from allocation.spread import INTERVAL, Spread, pooled_ratio, scatter_of, share_of
from allocation.telling import day_of, own_shifts, telling_attainment, telling_jobs
from allocation.work import jobs_per_request
from domain.category import Basis
from domain.chance import generator
from domain.measured import MeasuredFigure

FEWEST_SHIFTS = 20
FEWEST_JOBS = 20
"""Jobs of its own that a category needs before its minutes are called measured."""
FEWEST_DAYS = 28
FEWEST_CLOSED = 50
FEWEST_COVERED = 0.9
"""Share of rostered shifts that must have been filed before jobs are compared with requests."""

PRIOR_COUNTS: dict[Basis, float] = {"assumed": 10.0, "expert": 40.0, "measured": 100.0}
PRIOR_SHIFTS = 20.0
"""Planned shifts that the stated absence is worth."""
RESAMPLES = 1000
MASS_CLOSING = 5.0
"""A day with so many times the usual closings was a clerk's, not a crew's."""


def measure(
    problem: Problem, shifts: pd.DataFrame, jobs: pd.DataFrame, rostered: pd.DataFrame, closed: pd.DataFrame, seed: int
) -> tuple[MeasuredFigure, ...]:
    """Every figure that the filed shifts can tell, against `problem` as the YAML states it.

    shifts, jobs: `domain.tables.ACTUALS` and `ACTUAL_JOBS`, one version each, jobs `paced`. rostered: SLOT of every
    shift that was rostered with crews over the same days. closed: date, category, count of requests closed; empty where
    the source has no closings, and then conversion cannot be told.
    """
    if shifts.empty:
        return ()
    found: list[MeasuredFigure | None] = [*_minutes(problem, shifts, jobs)]
    found += [_conversion(work, shifts, jobs, rostered, closed) for work in problem.work if work.is_crewed]
    found.append(_attainment(problem, own_shifts(problem, shifts), seed))
    return tuple(f for f in found if f is not None)


def _minutes(problem: Problem, shifts: pd.DataFrame, jobs: pd.DataFrame) -> list[MeasuredFigure]:
    """Minutes of every category and crew type whose jobs were counted often enough, as the problem lists them."""
    crewed = [work for work in problem.work if work.is_crewed]
    rows = {k: telling_jobs(shifts, jobs, k) for k in dict.fromkeys(k for work in crewed for k in work.minutes)}
    ratios = {
        k: job_ratios(
            of_type,
            {w.category: w.minutes[k] for w in problem.work if k in w.minutes},
            {w.category: PRIOR_COUNTS[w.service_minutes.basis] for w in problem.work},
        )
        for k, of_type in rows.items()
    }
    found = []
    for work, k in [(each, k) for each in crewed for k in each.minutes]:
        own = rows[k][rows[k]["category"] == work.category]
        done, basis = own["jobs"].sum(), work.service_minutes.basis
        if len(own) >= FEWEST_SHIFTS and done >= FEWEST_JOBS:
            ratio = ratios[k][work.category]
            found.append(_figure("minutes", work.category, k, ratio, work.minutes[k], basis, own, done))
    return found


def _conversion(
    work: WorkRule, shifts: pd.DataFrame, jobs: pd.DataFrame, rostered: pd.DataFrame, closed: pd.DataFrame
) -> MeasuredFigure | None:
    """Jobs a request closed, where nearly all shifts were filed and closings are those of crews."""
    able = rostered[rostered["crew_type"].isin(list(work.minutes))]
    own = shifts[shifts["crew_type"].isin(list(work.minutes))]
    days = (own["date"].max() - own["date"].min()).days + 1 if len(own) else 0
    covered = able.merge(own[SLOT], on=SLOT)
    if len(own) < FEWEST_SHIFTS or days < FEWEST_DAYS or len(covered) < FEWEST_COVERED * len(able):
        return None
    requests = closed[closed["category"] == work.category].set_index("date")["count"].astype(float)
    by_day = pd.DataFrame(
        {"closed": requests, "jobs": jobs[jobs["category"] == work.category].groupby("date")["jobs"].sum()}
    )
    by_day = by_day.fillna(0.0).loc[own["date"].min() : own["date"].max()]
    usual = by_day["closed"][by_day["closed"] > 0].median()
    by_day = by_day[by_day["closed"] <= max(MASS_CLOSING * usual, 20.0)]
    if by_day["closed"].sum() < FEWEST_CLOSED:
        return None
    stated, basis = jobs_per_request(work.conversion), weakest(work)
    weekly = by_day.groupby((by_day.index - by_day.index.min()).days // 7).sum()
    per_request = by_day["jobs"].sum() / by_day["closed"].sum()
    scatter = scatter_of(weekly["jobs"].to_numpy(float), (weekly["closed"] * per_request).to_numpy(float))
    inverse = pooled_ratio(
        float(by_day["closed"].sum() * stated), float(by_day["jobs"].sum()), PRIOR_COUNTS[basis], scatter
    )
    spread = Spread(1 / inverse.value, 1 / inverse.high, 1 / inverse.low)
    return _figure("conversion", work.category, "", spread, stated, basis, own, by_day["closed"].sum())


def weakest(work: WorkRule) -> Basis:
    """The basis of a product is that of its weakest part."""
    parts = (work.conversion.job_share, work.conversion.requests_per_job, work.conversion.self_found_share)
    order: tuple[Basis, ...] = ("assumed", "expert", "measured")
    return next(b for b in order if any(p.basis == b for p in parts))


def _attainment(problem: Problem, shifts: pd.DataFrame, seed: int) -> MeasuredFigure | None:
    own = telling_attainment(shifts)
    if len(own) < FEWEST_SHIFTS:
        return None
    absent = absence_on(problem, [day_of(day) for day in own["date"]])
    stated = 1 - float(np.average(absent, weights=own["planned_hours"]))
    if stated <= 0:
        return None
    days = own.groupby("date")[["hours", "planned_hours"]].sum().to_numpy(float)
    prior = PRIOR_SHIFTS * float(own["planned_hours"].mean())
    drawn = generator(seed, "attainment").integers(0, len(days), (RESAMPLES, len(days)))
    sums = days[drawn].sum(axis=1)
    worked, planned = days.sum(axis=0)
    by_days = np.quantile((prior * stated + sums[:, 0]) / (prior + sums[:, 1]), INTERVAL)
    value = float((prior * stated + worked) / (prior + planned))
    by_shifts = share_of(min(value, 1.0), PRIOR_SHIFTS + len(own))
    low, high = min(by_days[0], by_shifts.low), max(by_days[1], by_shifts.high)
    spread = Spread(value / stated, float(low) / stated, float(high) / stated)
    return _figure("attainment", "", "", spread, stated, stated_absence(problem).basis, own, planned)


def _figure(
    name: str, category: str, crew_type: str, ratio: Spread, stated: float, basis: Basis, rows: pd.DataFrame,
    counted: float,
) -> MeasuredFigure:  # fmt: skip
    first, last = day_of(rows["date"].min()), day_of(rows["date"].max())
    return MeasuredFigure.model_validate(
        {
            "name": name,
            "category": category,
            "crew_type": crew_type,
            "value": round(stated * ratio.value, 4),
            "low": round(stated * ratio.low, 4),
            "high": round(stated * ratio.high, 4),
            "stated": round(stated, 4),
            "stated_basis": basis,
            "shifts": len(rows),
            "counted": round(float(counted), 4),
            "first": first,
            "last": last,
        }
    )
