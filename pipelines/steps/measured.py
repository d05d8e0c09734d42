"""What the filed shifts say of the plan's figures, as known at the end of a day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from allocation.measured import SLOT, measure
from allocation.problem import Problem
from domain.city import CityPlan
from domain.errors import VintageBrokenError
from domain.measured import MeasuredFigure
from storage.actuals import read_actuals
from storage.closings import closings
from storage.in_force import plans_in_force
from storage.snapshot import Snapshot

LOOK_BACK_DAYS = 365


def measured_figures(
    snapshot: Snapshot, plan: CityPlan, problem: Problem, as_of: date, *, by_now: bool = False
) -> tuple[MeasuredFigure, ...]:
    """Figures from the shifts of the last year that were known by the end of `as_of`.

    problem: as the YAML states it. by_now: shifts filed since `as_of` count too, for a look ahead at the next plan.
    """
    shifts, jobs = last_year(*read_actuals(snapshot.folder, plan.city.zone, None if by_now else as_of))
    if shifts.empty:
        return ()
    first_day, last_day = shifts["date"].min().date(), shifts["date"].max().date()
    closed = closings(snapshot, plan, as_of, first_day, last_day)
    return measure(problem, shifts, jobs, rostered(snapshot, first_day, last_day), closed, plan.city.seed)


def last_year(shifts: pd.DataFrame, jobs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The shifts up to LOOK_BACK_DAYS before the last one filed; jobs are looked up by shift."""
    if shifts.empty:
        return shifts, jobs
    return shifts[shifts["date"] > shifts["date"].max() - pd.Timedelta(days=LOOK_BACK_DAYS)], jobs


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
