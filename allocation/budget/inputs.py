"""The figures that a budget rests on, each with its basis, as the first sheet lists them."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.absence import stated_absence
from allocation.problem import Problem
from domain.category import Figure
from domain.city import CityPlan


@dataclass(frozen=True)
class Input:
    """One figure that the budget rests on, for the first sheet. key: TYPE.wage and the like where sums refer to it."""

    name: str
    value: float
    unit: str
    basis: str
    key: str = ""


def as_input(name: str, figure: Figure, unit: str, key: str = "") -> Input:
    return Input(name, figure.value, unit, figure.basis, key)


def work_inputs(plan: CityPlan, problem: Problem) -> list[Input]:
    """The conversion of requests into work, as the plan of the next days has it."""
    inputs: list[Input] = []
    for work in (w for w in problem.work if w.is_crewed):
        figures = {"service_minutes": work.service_minutes}
        figures |= {name: getattr(work.conversion, name) for name in type(work.conversion).model_fields}
        for name, figure in figures.items():
            unit = "minutes" if "minutes" in name else "ratio"
            inputs.append(as_input(f"{work.title}: {name.replace('_', ' ')}", figure, unit))
    inputs += _measured_minutes(problem)
    inputs.append(as_input("absence", _absence(problem), "share of crew-days"))
    moved = plan.city.budget.sensitivity
    inputs += [
        as_input("minutes a job, moved both ways by", moved.minutes_share, "share"),
        as_input("absence, moved both ways by", moved.absence_share, "share"),
        as_input("prices, moved both ways by", moved.price_share, "share"),
    ]
    if (spent := plan.city.budget.spent) is not None:
        inputs += [
            as_input("adopted for the fiscal year", spent.adopted, problem.currency, "adopted"),
            as_input(f"spent to {spent.through}", spent.amount, problem.currency, "spent"),
        ]
    return inputs


def _measured_minutes(problem: Problem) -> list[Input]:
    """Minutes of each crew type that sheets told, and how surely; the year is played at these."""
    titles = {w.category: w.title for w in problem.work}
    own = {t.name for t in problem.crew_types}
    return [
        Input(
            f"{titles[f.category]}: minutes of a {f.crew_type} crew ({f.shifts} shifts, 90 %: {f.low:g} to {f.high:g})",
            f.value,
            "minutes",
            f.basis,
        )
        for f in problem.measured
        if f.name == "minutes" and f.crew_type in own and f.category in titles
    ]


def _absence(problem: Problem) -> Figure:
    """The share that the year is played with; `absence_share` alone cannot say that it was measured."""
    figure = stated_absence(problem)
    is_measured = any(f.name == "attainment" for f in problem.measured)
    return figure.model_copy(update={"basis": "measured"}) if is_measured else figure
