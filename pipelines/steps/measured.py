"""What the filed shifts say of the plan's figures, as known at the end of a day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from allocation.measured import measure
from allocation.problem import Problem
from allocation.promised import SLOT
from allocation.telling import paced
from domain.errors import VintageBrokenError
from domain.measured import MeasuredFigure
from pipelines.job import Run, known_at
from storage.actuals import read_actuals
from storage.closings import closings
from storage.in_force import plans_in_force
from storage.snapshot import Snapshot

LOOK_BACK_DAYS = 365


def measured_figures(
    run: Run, problem: Problem, shifts: pd.DataFrame, jobs: pd.DataFrame
) -> tuple[MeasuredFigure, ...]:
    """Figures from shifts and jobs of `last_year`. problem: as the YAML states it."""
    if shifts.empty:
        return ()
    snapshot, plan = run.snapshot(), run.job.plan()
    first_day, last_day = shifts["date"].min().date(), shifts["date"].max().date()
    closed = closings(snapshot, plan, run.as_of, first_day, last_day)
    return measure(problem, shifts, jobs, rostered(snapshot, first_day, last_day), closed, plan.city.seed)


def last_year(run: Run, problem: Problem, *, by_now: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The shifts filed by the end of the as-of day, up to LOOK_BACK_DAYS before the last of them, and the jobs at the
    pace that the problem's rules and the weather observed by then give them (`allocation.telling.paced`).

    by_now: shifts filed since count too, for a look ahead at the next plan.
    """
    shifts, jobs = read_actuals(run.snapshot().folder, run.job.plan().city.zone, None if by_now else run.as_of)
    return newest(shifts), paced(problem, jobs, known_at(run).newest_weather)


def newest(shifts: pd.DataFrame) -> pd.DataFrame:
    """Those of the LOOK_BACK_DAYS before the last of them."""
    return shifts if shifts.empty else shifts[shifts["date"] > shifts["date"].max() - pd.Timedelta(days=LOOK_BACK_DAYS)]


def rostered(snapshot: Snapshot, first: date, last: date) -> pd.DataFrame:
    """Shifts that the plans in force rostered with crews, first to last day: date, shift, yard, crew type."""
    days = [first + timedelta(days=d) for d in range((last - first).days + 1)]
    rosters: dict[str, pd.DataFrame | None] = {}
    found = [pd.DataFrame({c: pd.Series(dtype="datetime64[us]" if c == "date" else "str") for c in SLOT})]
    for day, vintage in plans_in_force(snapshot.folder, days).items():
        name = vintage.folder.name
        if name not in rosters:
            try:
                rosters[name] = vintage.frame("roster")
            except VintageBrokenError:
                rosters[name] = None
        roster = rosters[name]
        if roster is not None:
            manned = roster["crews"] + roster["on_readiness"] > 0
            found.append(roster.loc[manned & (roster["date"] == pd.Timestamp(day)), SLOT])
    return pd.concat(found, ignore_index=True)
