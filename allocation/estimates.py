"""Every figure that shift sheets can measure: as stated, as measured so far, and as the plan in force has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from allocation.absence import stated_absence
from allocation.measured import weakest
from allocation.problem import Problem, WorkRule
from allocation.telling import own_shifts, telling_attainment, telling_jobs
from allocation.work import jobs_per_request
from domain.category import Basis
from domain.measured import MeasuredFigure, MeasuredName


@dataclass(frozen=True)
class Estimate:
    """stated: as in the city's YAML, with its basis; attainment, once measured, as its seasons have it on the days
    filed. measured: None while too few shifts tell. shifts: those that do.
    in_plan: the value that the plan in force rests on, None where there is no plan."""

    name: MeasuredName
    category: str
    crew_type: str
    stated: float
    basis: Basis
    measured: MeasuredFigure | None
    shifts: int
    in_plan: float | None


def estimates(
    stated: Problem,
    figures: Sequence[MeasuredFigure],
    shifts: pd.DataFrame,
    jobs: pd.DataFrame,
    in_force: Problem | None,
) -> tuple[Estimate, ...]:
    """stated: the problem as the YAML has it. figures: as of `allocation.measured.measure` from the same
    shifts and jobs. in_force: the problem of the plan in force."""
    both = figures, in_force.measured if in_force else ()
    measured, used = ({(f.name, f.category, f.crew_type): f for f in found} for found in both)
    told = []
    for name, work, crew_type, value, basis in _stated(stated):
        key = (name, category := work.category if work else "", crew_type)
        now = used[key].value if key in used else value
        told.append(
            Estimate(
                name, category, crew_type, measured[key].stated if key in measured else value, basis,
                measured=measured.get(key),
                shifts=_telling(name, work, crew_type, shifts if work else own_shifts(stated, shifts), jobs),
                in_plan=None if in_force is None else now,
            )
        )  # fmt: skip
    return tuple(told)


def _stated(problem: Problem) -> Iterator[tuple[MeasuredName, WorkRule | None, str, float, Basis]]:
    """Name, work, crew type, value and basis of every figure that could be measured."""
    crewed = [work for work in problem.work if work.is_crewed]
    for work in crewed:
        for crew_type, minutes in work.minutes.items():
            yield "minutes", work, crew_type, minutes, work.service_minutes.basis
    for work in crewed:
        yield "conversion", work, "", jobs_per_request(work.conversion), weakest(work)
    absence = stated_absence(problem)
    yield "attainment", None, "", 1 - absence.value, absence.basis


def _telling(name: str, work: WorkRule | None, crew_type: str, shifts: pd.DataFrame, jobs: pd.DataFrame) -> int:
    if work is None:
        return len(telling_attainment(shifts))
    if name == "conversion":
        return int(shifts["crew_type"].isin(list(work.minutes)).sum())
    rows = telling_jobs(shifts, jobs, crew_type)
    return int((rows["category"] == work.category).sum())
