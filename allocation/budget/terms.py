"""The terms of a budget with every default filled in from the crews section, and each figure with its basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from allocation.budget.inputs import Input, as_input, work_inputs
from allocation.problem import Problem
from domain.budget import Budget, Contractor, CrewTerms, SeasonalHire
from domain.category import Figure
from domain.city import CityPlan
from domain.errors import ConfigError
from domain.panel import Floats


@dataclass(frozen=True)
class Rates:
    """Money and numbers of one crew type. crews: at the yards now."""

    name: str
    wage: float
    fringe: float
    truck: float
    material: float
    paid_hours: float
    crews: int
    authorised: int
    vacant: int
    lead_days: float
    snow_duty: bool
    overtime_factor: float
    cost_code: str

    @property
    def loaded_hour(self) -> float:
        """Money a paid hour with fringe."""
        return self.wage * (1 + self.fringe)


@dataclass(frozen=True)
class Terms:
    """rates: in the order of the problem's crew types. season_wage: money an hour of each seasonal hire. in_plans:
    contractors of the crews section, whom daily plans order and the budget does not."""

    currency: str
    section: Budget
    rates: tuple[Rates, ...]
    seasonal: tuple[SeasonalHire, ...]
    season_wage: tuple[float, ...]
    contractors: tuple[Contractor, ...]
    inputs: tuple[Input, ...]
    in_plans: tuple[str, ...] = ()

    @property
    def wages(self) -> Floats:
        return np.array([r.loaded_hour for r in self.rates])

    @property
    def day_rates(self) -> Floats:
        """Money of a crew's regular day, (K,)."""
        paid: Floats = self.wages * np.array([r.paid_hours for r in self.rates]) + self.trucks
        return paid

    @property
    def trucks(self) -> Floats:
        return np.array([r.truck for r in self.rates])

    @property
    def materials(self) -> Floats:
        return np.array([r.material for r in self.rates])

    @property
    def crews(self) -> tuple[int, ...]:
        return tuple(r.crews for r in self.rates)


def resolve_terms(plan: CityPlan, problem: Problem) -> Terms:
    """Raises ConfigError naming the entry: unknown crew type or category, positions that contradict the yards."""
    section = plan.city.budget
    check_names(section, plan)
    inputs: list[Input] = []
    rates = tuple(_rates(plan, problem, section, k, inputs) for k in range(len(problem.crew_types)))
    season = tuple(_season_wage(s, rates, inputs) for s in section.seasonal)
    for contractor in section.contractors:
        _note_contractor(contractor, inputs)
    inputs += work_inputs(plan, problem)
    in_plans = tuple(c.name for c in plan.city.crews.contractors)
    return Terms(
        problem.currency, section, rates, section.seasonal, season, section.contractors, tuple(inputs), in_plans
    )


def own_crews(problem: Problem) -> Problem:
    """The problem without contractors' crews: they are no positions to fill, and have their terms in the budget's own
    section."""
    own = {t.name for t in problem.crew_types if t.contract is None}
    return problem.model_copy(
        update={
            "crew_types": tuple(t for t in problem.crew_types if t.name in own),
            "stationed": tuple(s for s in problem.stationed if s.crew_type in own),
            "locks": tuple(lock for lock in problem.locks if lock.crew_type in own),
            "work": tuple(
                w.model_copy(update={"minutes": {k: m for k, m in w.minutes.items() if k in own}}) for w in problem.work
            ),
        }
    )


def check_names(section: Budget, plan: CityPlan) -> None:
    """Crew types and categories of the section exist. Raises ConfigError."""
    types = [t.name for t in plan.city.crews.types]
    ours = [c.category for c in plan.categories if c.is_ours and c.kind != "perishable"]
    for name in section.crews:
        _known(f"budget: crews: '{name}'", name, "crew type", types)
    for hire in section.seasonal:
        _known(f"budget: seasonal: '{hire.name}'", hire.crew_type, "crew type", types)
    for contractor in section.contractors:
        for category in contractor.price_per_job:
            _known(f"budget: contractors: '{contractor.name}'", category, "category that crews work", ours)


def _known(entry: str, name: str, kind: str, there: Sequence[str]) -> None:
    if name not in there:
        raise ConfigError(
            f"{entry}: there is no {kind} '{name}'",
            remedy=f"use one of {', '.join(there)}",
            entry=entry,
            value=name,
        )


def _rates(plan: CityPlan, problem: Problem, section: Budget, k: int, inputs: list[Input]) -> Rates:
    rule = problem.crew_types[k]
    terms = section.crews.get(rule.name, CrewTerms())
    crews = sum(y.crews.get(rule.name, 0) for y in plan.city.crews.yards)
    authorised = crews + terms.vacant if terms.authorised is None else terms.authorised
    _positions_fit(rule.name, crews, authorised, terms.vacant)
    wage = terms.wage_per_hour or Figure(value=rule.cost_per_hour, basis="assumed")
    loaded = "" if terms.wage_per_hour else " (cost_per_hour of the crews section)"
    hours = terms.paid_hours_per_shift or Figure(value=_clock_hours(problem), basis="assumed")
    money, own = problem.currency, rule.name
    inputs += [
        as_input(f"wage of a {own} crew{loaded}", wage, f"{money} a crew-hour", f"{own}.wage"),
        as_input(f"fringe on the wage, {own}", terms.fringe_share, "share", f"{own}.fringe"),
        as_input(f"truck, {own}", terms.truck_per_day, f"{money} a crew-day", f"{own}.truck"),
        as_input(f"material, {own}", terms.material_per_job, f"{money} a job", f"{own}.material"),
        as_input(f"paid hours, {own}", hours, "hours a shift", f"{own}.paid_hours"),
        Input(f"overtime factor, {own}", rule.overtime_factor, "times the wage", "assumed", f"{own}.overtime_factor"),
        as_input(f"time to hire, {own}", terms.hiring_lead_days, "days"),
    ]
    return Rates(
        rule.name, wage.value, terms.fringe_share.value, terms.truck_per_day.value, terms.material_per_job.value,
        hours.value, crews, authorised, terms.vacant, terms.hiring_lead_days.value, rule.snow_duty,
        rule.overtime_factor, terms.cost_code or rule.name,
    )  # fmt: skip


def _positions_fit(name: str, crews: int, authorised: int, vacant: int) -> None:
    if authorised - vacant != crews:
        raise ConfigError(
            f"budget: crews: '{name}': {authorised} authorised less {vacant} vacant are {authorised - vacant} crews, "
            f"but the yards have {crews}",
            remedy="vacant positions are not at a yard: correct authorised, vacant, or the crews of the yards",
            crew_type=name,
            authorised=authorised,
            vacant=vacant,
            crews=crews,
        )


def _clock_hours(problem: Problem) -> float:
    """Hours from start to end of the shifts that some yard works, their mean."""
    worked = {name for yard in problem.yards for name in yard.shifts}
    hours = [s.clock_minutes / 60 for s in problem.shifts if s.name in worked and s.dates]
    return round(float(np.mean(hours)), 2) if hours else 8.0


def _season_wage(hire: SeasonalHire, rates: Sequence[Rates], inputs: list[Input]) -> float:
    own = next(r for r in rates if r.name == hire.crew_type)
    figure = hire.wage_per_hour or Figure(value=own.wage, basis="assumed")
    inputs.append(as_input(f"wage of a seasonal crew, {hire.name}", figure, "a crew-hour", f"season.{hire.name}.wage"))
    return figure.value * (1 + own.fringe)


def _note_contractor(contractor: Contractor, inputs: list[Input]) -> None:
    for category, price in contractor.price_per_job.items():
        key = f"contractor.{contractor.name}.price.{category}"
        inputs.append(as_input(f"{contractor.name}, {category}", price, "a job", key))
    fee = contractor.mobilisation_fee
    name = f"{contractor.name}, mobilisation"
    inputs.append(as_input(name, fee, "a month with jobs", f"contractor.{contractor.name}.fee"))
    inputs.append(as_input(f"{contractor.name}, at most", contractor.jobs_per_day, "jobs a day"))


def arrives(as_of: date, rates: Rates) -> date:
    """The first day of a crew that is decided on at `as_of`."""
    return as_of + timedelta(days=round(rates.lead_days) + 1)
