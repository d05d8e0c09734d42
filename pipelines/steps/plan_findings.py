"""What the plan itself has to say beside what its data say: work that nobody can do, hours on
sheets beyond those planned, locks that are still to come."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from allocation.problem import Problem
from allocation.uncrewed import uncrewed
from domain.lock import Lock
from domain.tables import HEALTH
from domain.words import MODE_NO_CREWS

HOURS_BEYOND = "hours filed on shift sheets are more than planned"
HOURS_REMEDY = (
    "they may include breaks: crewcast actuals CITY names yards and crew types; file the hours of all crews together, "
    "breaks left out"
)


def plan_modes(problem: Problem) -> tuple[str, ...]:
    """Modes of a plan that its problem alone tells."""
    return (MODE_NO_CREWS,) if uncrewed(problem) else ()


def modes_replanned(modes: Sequence[str], problem: Problem) -> tuple[str, ...]:
    """The modes of a vintage whose plan was made again from `problem`."""
    return (*(mode for mode in modes if mode != MODE_NO_CREWS), *plan_modes(problem))


def health_replanned(health: pd.DataFrame, problem: Problem) -> pd.DataFrame:
    """Rows of `health` of a vintage whose plan was made again from `problem`, those of added modes without vintage_id.
    What is said of locks to come stays."""
    said = health["item"].isin([MODE_NO_CREWS, HOURS_BEYOND])
    return pd.concat([health[~said], plan_findings(problem, ())], ignore_index=True)


def locks_to_come(locks: Sequence[Lock], problem: Problem) -> list[Lock]:
    """Locks of days after the last planned one."""
    return [lock for lock in locks if lock.date > problem.dates[-1]]


def plan_findings(problem: Problem, locks: Sequence[Lock]) -> pd.DataFrame:
    """Rows of `health` without vintage_id. locks: of the city's YAML."""
    rows = []
    if without := uncrewed(problem):
        told = "; ".join(f"{category}: {why}" for category, why in without.items())
        remedy = "base crews with the skill, or order a contractor; until then that work only becomes later"
        rows.append(("mode", MODE_NO_CREWS, told, "warning", remedy))
    for figure in problem.measured:
        if figure.name == "attainment" and figure.value > 1:
            told = f"{figure.value:.2f} of the planned hours over {figure.shifts} shifts, so no absence is planned for"
            rows.append(("note", HOURS_BEYOND, told, "warning", HOURS_REMEDY))
    for lock in locks_to_come(locks, problem):
        told = f"it is for a day after {problem.dates[-1]}, the last planned: it will hold once a plan reaches it"
        rows.append(("note", f"lock {lock}", told, "note", ""))
    columns = [c for c in HEALTH.schema.columns if c != "vintage_id"]
    return pd.DataFrame(rows, columns=columns).astype("str")
