"""Which of the shifts and jobs that were filed tell of minutes, and which of attainment, and at what pace."""

from __future__ import annotations

from datetime import date

import pandas as pd

from allocation.dense import dense
from allocation.problem import Problem
from allocation.promised import SLOT
from allocation.work_weather import as_observed, pace_on
from domain.panel import Weather

NOT_MINUTES = ("work ran out", "lent to other work", "urgent work elsewhere")
"""Reasons after which hours are not all spent on the jobs counted."""
NOT_ATTAINED = ("work ran out", "snow duty")
"""Reasons for fewer hours that say nothing of attainment: no work was left, or the plan draws it by itself."""


def telling_minutes(shifts: pd.DataFrame, crew_type: str) -> pd.DataFrame:
    """Filed shifts of a crew type whose hours went into the jobs counted."""
    spent = (shifts["hours"] > 0) & ~shifts["left_plan"].isin(NOT_MINUTES)
    return shifts[(shifts["crew_type"] == crew_type) & spent]


def telling_jobs(shifts: pd.DataFrame, jobs: pd.DataFrame, crew_type: str) -> pd.DataFrame:
    """One row a shift and category of `telling_minutes`. Work that weather stopped takes none of a shift's hours; a
    shift that did some of it all the same kept no pace that is known, and says nothing."""
    rows = telling_minutes(shifts, crew_type).merge(jobs.drop(columns="known_at"), on=SLOT)
    stopped = rows["pace"] == 0
    odd = (stopped & (rows["jobs"] > 0)).groupby([rows[c] for c in SLOT]).transform("any").astype(bool)
    return rows[~stopped & ~odd]


def paced(problem: Problem, jobs: pd.DataFrame, observed: Weather | None) -> pd.DataFrame:
    """`jobs` with the column pace: by the weather observed that day, jobs done in the minutes of one on a fair day.

    A plan multiplies measured minutes by its weather rules, so they must not hold the weather they were measured in.
    """
    days = tuple(sorted({day_of(day) for day in jobs["date"]}))
    d = dense(problem.model_copy(update={"locks": ()}))  # what was done hangs on no lock of days to come
    found = pace_on(d, days, *as_observed(observed)) if days else None
    if found is None:
        return jobs.assign(pace=1.0)
    named = pd.MultiIndex.from_product(
        [pd.DatetimeIndex(days), [t.name for t in problem.crew_types], [w.category for w in d.work]]
    )
    asked = pd.MultiIndex.from_frame(jobs[["date", "crew_type", "category"]])
    by_row = pd.Series(found[..., 0].reshape(-1), index=named).reindex(asked)
    return jobs.assign(pace=by_row.fillna(1.0).to_numpy())


def own_shifts(problem: Problem, shifts: pd.DataFrame) -> pd.DataFrame:
    """Filed shifts of the city's own crews: a contractor's always come in the plan, so they say nothing of absence."""
    own = [t.name for t in problem.crew_types if t.contract is None]
    return shifts[shifts["crew_type"].isin(own)]


def telling_attainment(shifts: pd.DataFrame) -> pd.DataFrame:
    """Filed shifts that were planned, and whose hours were not cut by what the plan draws itself."""
    return shifts[(shifts["planned_hours"] > 0) & ~shifts["left_plan"].isin(NOT_ATTAINED)]


def day_of(moment: pd.Timestamp) -> date:
    """The day of a midnight."""
    return moment.date()
