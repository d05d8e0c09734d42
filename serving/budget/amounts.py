"""What money is made of: the amounts that a mix is paid for, each times a rate on the first sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from allocation.budget.money import orders
from allocation.budget.search import Tried
from allocation.budget.study import Study
from domain.budget import Contractor
from domain.panel import Floats
from serving.budget.figures import jobs_served, mean_of, overtime_hours, standby_money

Cells = Mapping[str, str]
"""Input key -> absolute reference of its cell."""


@dataclass(frozen=True)
class Item:
    """One amount. rate: money a unit as a formula on the first sheet's cells; value: what that comes to as the cells
    stand. of: its mean by period, (P,)."""

    header: str
    rate: str
    value: float
    of: Callable[[Tried], Floats]


def items(study: Study, cells: Cells) -> list[Item]:
    """Crew-days, jobs and overtime of each type, seasonal crews, contractors, readiness: together a mix's money."""
    found = [item for k in range(len(study.case.terms.rates)) for item in _of_type(study, cells, k)]
    found += [_season(study, cells, at) for at in range(len(study.case.terms.seasonal))]
    found += [item for contractor in study.case.terms.contractors for item in _contractor(study, cells, contractor)]
    return [*found, Item("Readiness, money", "1", 1.0, lambda tried: standby_money(study, tried.costs))]


def _of_type(study: Study, cells: Cells, k: int) -> list[Item]:
    rates = study.case.terms.rates[k]
    of = {key: cells[f"{rates.name}.{key}"] for key in ("wage", "fringe", "truck", "material", "paid_hours")}
    hour, name = f"{of['wage']}*(1+{of['fringe']})", rates.name
    factor = cells[f"{name}.overtime_factor"]
    return [
        Item(
            f"Crew-days, {name}",
            f"({of['paid_hours']}*{hour}+{of['truck']})",
            rates.paid_hours * rates.loaded_hour + rates.truck,
            lambda tried: tried.costs.days[k],
        ),
        Item(f"Jobs, {name}", of["material"], rates.material, lambda tried: jobs_served(study, tried)[k]),
        Item(
            f"Overtime hours, {name}",
            f"{hour}*{factor}",
            rates.loaded_hour * rates.overtime_factor,
            lambda tried: overtime_hours(study, tried)[k],
        ),
    ]


def _season(study: Study, cells: Cells, at: int) -> Item:
    hire = study.case.terms.seasonal[at]
    rates = next(r for r in study.case.terms.rates if r.name == hire.crew_type)
    of = {key: cells[f"{hire.crew_type}.{key}"] for key in ("fringe", "truck", "paid_hours")}
    hour = f"{of['paid_hours']}*{cells[f'season.{hire.name}.wage']}*(1+{of['fringe']})"
    value = rates.paid_hours * study.case.terms.season_wage[at] + rates.truck
    return Item(f"Crew-days, {hire.name}", f"({hour}+{of['truck']})", value, lambda t: t.costs.seasonal_days[at])


def _contractor(study: Study, cells: Cells, one: Contractor) -> list[Item]:
    """The shares of rivals are those at the run's prices: who is cheapest takes a category's jobs first."""
    key, prices = f"contractor.{one.name}", {c: p.value for c, p in one.price_per_job.items()}
    rates = {category: cells[f"{key}.price.{category}"] for category in prices}
    fee, mean_price = one.mobilisation_fee.value, float(np.mean(list(prices.values())))
    each = f"({'+'.join(rates.values())})/{len(rates)}"
    jobs = [
        Item(f"Jobs, {one.name}, {c}", rates[c], prices[c], partial(_ordered, study, one, c)) for c in one.price_per_job
    ]
    return [
        *jobs,
        Item(f"Months with jobs, {one.name}", cells[f"{key}.fee"], fee, partial(_ordered, study, one, "called")),
        Item(f"Jobs short of the least order, {one.name}", each, mean_price, partial(_ordered, study, one, "missing")),
    ]


def _ordered(study: Study, one: Contractor, what: str, tried: Tried) -> Floats:
    found = orders(study.case.pool, study.case.terms, one, tried.course.contracted)
    amounts = {"called": found.called, "missing": found.missing} | found.jobs
    return mean_of(amounts[what], study.case.weight)
