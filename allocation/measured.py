"""Minutes a job, conversion and attainment re-estimated from what was really done, with 90 % intervals.

Minutes and conversion are gamma-Poisson (Gelman et al., Bayesian Data Analysis, section 2.6): jobs done are Poisson
about exposure ÷ ratio, and the ratio to the stated figure has an inverse-gamma prior about 1 that is worth as many
jobs as the stated figure's basis deserves (`PRIOR_COUNTS`). So a figure moves from what the YAML says to what was
measured as jobs add up. Where counts scatter more than Poisson (quasi-Poisson; Wedderburn 1974), they count for less.
Minutes are those of a fair day: hours worked in weather that slows the work count for as much less
(`allocation.telling.paced`). Attainment is a ratio of sums, its interval a bootstrap over days. Below `FEWEST_SHIFTS`
nothing is said.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import gamma

from allocation.absence import absence_on, stated_absence
from allocation.problem import Problem, WorkRule
from allocation.promised import SLOT
from allocation.telling import day_of, own_shifts, telling_attainment, telling_jobs
from allocation.work import jobs_per_request
from domain.category import Basis
from domain.chance import generator
from domain.measured import MeasuredFigure
from domain.panel import Floats

FEWEST_SHIFTS = 20
FEWEST_DAYS = 28
FEWEST_CLOSED = 50
FEWEST_COVERED = 0.9
"""Share of rostered shifts that must have been filed before jobs are compared with requests."""

PRIOR_COUNTS: dict[Basis, float] = {"assumed": 10.0, "expert": 40.0, "measured": 100.0}
PRIOR_SHIFTS = 20.0
"""Planned shifts that the stated absence is worth."""
INTERVAL = (0.05, 0.95)
RESAMPLES = 1000
ROUNDS, SETTLED = 30, 1e-4
MASS_CLOSING = 5.0
"""A day with so many times the usual closings was a clerk's, not a crew's."""


class Spread(NamedTuple):
    """A pooled ratio to the stated figure, and its interval."""

    value: float
    low: float
    high: float


def pooled_ratio(exposure: float, counted: float, prior: float, scatter: float) -> Spread:
    """The ratio of real to stated units a count. exposure: counts expected at the stated figure; counted: those made.

    prior: counts that the stated figure is worth. scatter: variance ÷ mean of the counts, at least 1.
    """
    shape, rate = prior + counted / scatter, prior + exposure / scatter
    low, high = (float(rate / gamma.ppf(1 - q, shape)) for q in INTERVAL)
    return Spread(rate / shape, low, high)


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
    found = [
        _minutes(work, crew_type, stated, shifts, jobs, problem)
        for work in problem.work
        if work.is_crewed
        for crew_type, stated in work.minutes.items()
    ]
    found += [_conversion(work, shifts, jobs, rostered, closed) for work in problem.work if work.is_crewed]
    found.append(_attainment(problem, own_shifts(problem, shifts), seed))
    return tuple(f for f in found if f is not None)


def _minutes(
    work: WorkRule, crew_type: str, stated: float, shifts: pd.DataFrame, jobs: pd.DataFrame, problem: Problem
) -> MeasuredFigure | None:
    rows = telling_jobs(shifts, jobs, crew_type)
    of_type = {w.category: w.minutes[crew_type] for w in problem.work if crew_type in w.minutes}
    rows = rows[rows["category"].isin(list(of_type))]
    rows = rows.assign(first=rows["category"].map(of_type).astype(float) * rows["nearby_share"])
    own = rows[rows["category"] == work.category]
    if len(own) < FEWEST_SHIFTS:
        return None
    prior = PRIOR_COUNTS[work.service_minutes.basis]
    counted, ratio = own["jobs"].to_numpy(float), 0.0
    spread = Spread(1.0, 1.0, 1.0)
    for _ in range(ROUNDS):  # minutes are shared out by what each kind of work is thought to take
        if abs(spread.value - ratio) < SETTLED:
            break
        ratio = spread.value
        worked, expected = _worked(rows, work.category, ratio)
        scatter = _scatter(counted, expected) * _lever(own, ratio)
        spread = pooled_ratio(max(float((worked / own["first"]).sum()), 0.0), float(counted.sum()), prior, scatter)
    return _figure(
        "minutes", work.category, crew_type, spread, stated, work.service_minutes.basis, own, own["jobs"].sum()
    )


def _worked(rows: pd.DataFrame, category: str, ratio: float) -> tuple[Floats, Floats]:
    """Minutes on the category's jobs without driving, as on a fair day, and jobs expected of them, one entry a shift.

    What weather slows it slows driving included, as in `allocation.dispatch_rule`.
    """
    is_own = rows["category"] == category
    fair = rows["first"].where(~is_own, rows["first"] * ratio) + rows["travel_minutes"]
    each = fair / rows["pace"]
    done = rows.groupby(SLOT)["jobs"].transform("sum")
    need = rows["jobs"].where(done > 0, 1.0) * each
    share = need / need.groupby([rows[c] for c in SLOT]).transform("sum").clip(lower=1e-9)
    minutes = (rows["hours"] * 60 - rows["crews"] * rows["setup_minutes"]).clip(lower=0) * share
    worked = (minutes * rows["pace"] - rows["jobs"] * rows["travel_minutes"])[is_own]
    return worked.to_numpy(float), (minutes / each)[is_own].to_numpy(float)


def _lever(own: pd.DataFrame, ratio: float) -> float:
    """How much a miscount moves the minutes on the job, squared: driving is taken off whole, so the rest moves more."""
    on_job = own["first"] * ratio
    return float(((on_job + own["travel_minutes"]) / on_job).mean() ** 2)


def _scatter(counted: Floats, expected: Floats) -> float:
    """Pearson's variance ÷ mean, never below Poisson."""
    inside = expected > 0
    if inside.sum() < 2:
        return 1.0
    pearson = ((counted - expected)[inside] ** 2 / expected[inside]).sum() / (inside.sum() - 1)
    return max(1.0, float(pearson))


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
    scatter = _scatter(weekly["jobs"].to_numpy(float), (weekly["closed"] * per_request).to_numpy(float))
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
    low, high = np.quantile((prior * stated + sums[:, 0]) / (prior + sums[:, 1]), INTERVAL)
    value = (prior * stated + worked) / (prior + planned)
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
