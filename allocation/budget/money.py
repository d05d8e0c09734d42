"""What a roll costs by period: wages, trucks and seasonal crews by the calendar; material, overtime and contractors by
the work of each draw. Absent crews are paid. Hours on snow duty are the same hours under another cost code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.budget.pool import Pool
from allocation.budget.queue import Course
from allocation.budget.roll import Roll
from allocation.budget.terms import Terms
from domain.budget import Contractor
from domain.panel import Floats

LEAST_JOBS = 0.5
"""A month with fewer contracted jobs than this has none: the queue is a fluid."""


@dataclass(frozen=True)
class Costs:
    """Money by period P. hours, days (paid hours and crew-days of permanent crews), snow_hours (of those, on snow
    duty), wages, trucks: (K, P). seasonal_hours, seasonal_days, seasonal_snow_days (of those, on snow duty), seasonal:
    (L, P). material, overtime: (K, P, S). contractors, standby (pay for readiness): (P, S).
    """

    hours: Floats
    days: Floats
    snow_hours: Floats
    wages: Floats
    trucks: Floats
    seasonal_hours: Floats
    seasonal_days: Floats
    seasonal_snow_days: Floats
    seasonal: Floats
    material: Floats
    overtime: Floats
    contractors: Floats
    standby: Floats

    @property
    def total(self) -> Floats:
        """(P, S)."""
        total: Floats = self.before_work + self.material.sum(axis=0) + self.overtime.sum(axis=0) + self.contractors
        return total

    @property
    def before_work(self) -> Floats:
        """What does not hang on how much work is done, (P, S)."""
        fixed = (self.wages + self.trucks).sum(axis=0) + self.seasonal.sum(axis=0)
        whole: Floats = fixed[:, None] + self.standby
        return whole


def costs(pool: Pool, terms: Terms, people: Roll, course: Course) -> Costs:
    """Money of one roll under one course of the work."""
    worked = pool.works.sum(axis=1)  # (H, K)
    paid = np.array([r.paid_hours for r in terms.rates])
    days = people.permanent * worked
    away = snow_share(pool)  # (H, K)
    hours, crew_days = _by_period(pool, days * paid), _by_period(pool, days)
    of_type = [[r.name for r in terms.rates].index(s.crew_type) for s in terms.seasonal]
    season = people.seasonal.T * worked[:, of_type]  # (H, L)
    season_days = _by_period(pool, season)
    season_hours = season_days * paid[of_type][:, None]
    season_truck = season_days * terms.trucks[of_type][:, None]
    rate = np.array([r.wage * (1 + r.fringe) * r.overtime_factor for r in terms.rates])
    return Costs(
        hours=hours,
        days=crew_days,
        snow_hours=_by_period(pool, days * away * paid),
        wages=hours * terms.wages[:, None],
        trucks=crew_days * terms.trucks[:, None],
        seasonal_hours=season_hours,
        seasonal_days=season_days,
        seasonal_snow_days=_by_period(pool, season * away[:, of_type]),
        seasonal=season_hours * np.array(terms.season_wage)[:, None] + season_truck,
        material=course.served * terms.materials[:, None, None],
        overtime=course.overtime * rate[:, None, None],
        contractors=sum(
            (contractor_cost(pool, terms, c, course.contracted) for c in terms.contractors),
            start=np.zeros(course.contracted.shape[2:]),
        ),
        standby=pool.standby,
    )


def snow_share(pool: Pool) -> Floats:
    """Part of the draws in which snow takes a type on a day, (H, K)."""
    share: Floats = np.einsum("hks,s->hk", (~pool.duty).astype(float), pool.weight)
    return share


def _by_period(pool: Pool, daily: Floats) -> Floats:
    """(H, X) -> (X, P)."""
    out = np.zeros((len(pool.periods), daily.shape[1]))
    np.add.at(out, list(pool.place), daily)
    return out.T


@dataclass(frozen=True)
class Orders:
    """What one contractor is paid for. jobs: category -> jobs (P, S). called: months with any, missing: jobs short of
    the minimum order in them, (P, S). A month in two fiscal quarters is one: each has a part by its share of the jobs.
    """

    jobs: dict[str, Floats]
    called: Floats
    missing: Floats


def orders(pool: Pool, terms: Terms, contractor: Contractor, contracted: Floats) -> Orders:
    """Of jobs (F, J, P, S) that contractors took, those of one; without F where none helped."""
    own = contracted[terms.contractors.index(contractor)] if len(contracted) else np.zeros(contracted.shape[1:])
    jobs = {category: own[pool.work.index(category)] for category in contractor.price_per_job}
    total: Floats = np.sum(list(jobs.values()), axis=0)
    month = _of_month(pool, total)
    part = np.where(month >= LEAST_JOBS, total / np.maximum(month, LEAST_JOBS), 0.0)
    return Orders(jobs, part, part * np.maximum(contractor.minimum_order_jobs - month, 0.0))


def _of_month(pool: Pool, jobs: Floats) -> Floats:
    """Jobs (P, S) of the whole month that each period lies in."""
    months = np.array([p.month for p in pool.periods])
    whole: Floats = (months[:, None] == months).astype(float) @ jobs
    return whole


def contractor_cost(pool: Pool, terms: Terms, contractor: Contractor, contracted: Floats) -> Floats:
    """Money of one contractor, (P, S), of jobs (F, J, P, S) that contractors took.

    A month with jobs pays the mobilisation fee and at least the minimum order, at the mean price of its categories.
    """
    ordered = orders(pool, terms, contractor, contracted)
    prices = {category: price.value for category, price in contractor.price_per_job.items()}
    paid = ordered.called * contractor.mobilisation_fee.value + ordered.missing * float(np.mean(list(prices.values())))
    money: Floats = sum((jobs * prices[category] for category, jobs in ordered.jobs.items()), start=paid)
    return money
