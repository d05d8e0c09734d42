"""Who is on the roll day by day: today's crews, those decided on from the budget's first day, seasonal crews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from allocation.budget.fiscal import in_season
from allocation.budget.pool import Pool
from allocation.budget.queue import Firms, Staffing
from allocation.budget.terms import Terms, arrives
from allocation.dense import Counts

Mix = tuple[int, ...]
"""Permanent crews of each type, in the order of the problem's crew types."""


@dataclass(frozen=True)
class Roll:
    """permanent: (H, K) crews. seasonal: (L, H) crews of each seasonal hire, in the order of the YAML."""

    mix: Mix
    permanent: Counts
    seasonal: Counts


def roll(pool: Pool, terms: Terms, mix: Mix, start: date) -> Roll:
    """Crews on every day where `mix` is decided on the as-of day to hold from `start`.

    Fewer crews leave at `start`; more are there from the day their hiring is done, if that is later.
    """
    as_of = pool.dates[0] - timedelta(days=1)
    permanent = np.zeros((len(pool.dates), len(mix)), dtype=np.int64)
    for k, (rates, wanted) in enumerate(zip(terms.rates, mix, strict=True)):
        change = start if wanted <= rates.crews else max(start, arrives(as_of, rates))
        permanent[:, k] = [wanted if day >= change else rates.crews for day in pool.dates]
    seasonal = np.array(
        [[s.crews if in_season(d, s.from_, s.until) else 0 for d in pool.dates] for s in terms.seasonal], dtype=np.int64
    ).reshape(len(terms.seasonal), len(pool.dates))
    return Roll(mix, permanent, seasonal)


def staffing(
    pool: Pool,
    terms: Terms,
    people: Roll,
    *,
    overtime: bool = False,
    contractors: bool = False,
    start: date | None = None,
) -> Staffing:
    """The roll as the queue takes it. contractors: from `start` on, all that are in season."""
    types = [r.name for r in terms.rates]
    crews = people.permanent.copy()
    for hire, number in zip(terms.seasonal, people.seasonal, strict=True):
        crews[:, types.index(hire.crew_type)] += number
    return Staffing(crews, firms(pool, terms, start) if contractors else None, overtime)


def firms(pool: Pool, terms: Terms, start: date | None) -> Firms:
    """The contractors of the budget, in its order: each with one limit a day in its season, whatever it works on."""
    limit = np.zeros((len(pool.dates), len(terms.contractors)))
    price = np.full((len(terms.contractors), len(pool.work)), np.inf)
    for f, firm in enumerate(terms.contractors):
        days = [in_season(d, firm.from_, firm.until) and (start is None or d >= start) for d in pool.dates]
        limit[days, f] = firm.jobs_per_day.value
        for category, money in firm.price_per_job.items():
            price[f, pool.work.index(category)] = money.value
    return Firms(limit, price)


def says(pool: Pool, mix: Sequence[int]) -> str:
    """2 patching, 1 drainage."""
    return ", ".join(f"{n} {name}" for n, name in zip(mix, pool.types, strict=True))
