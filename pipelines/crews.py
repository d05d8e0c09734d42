"""Crews and locks that no plan can be made from, found in the configuration alone: before a run, and by the doctor."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.locks import check_locks
from allocation.problem import Problem
from allocation.problem_checks import check_plan
from allocation.resolve import resolve
from allocation.uncrewed import check_work_has_crews
from domain.city import CityPlan, Travel
from domain.errors import ConfigError
from domain.panel import AreaMap
from pipelines.job import Run, known_at
from sources.calendar import holidays_table
from sources.plugins import Requests
from sources.validation.coordinates import OUTSIDE

LOOKED_AHEAD = timedelta(days=366)
UNKNOWN = np.full(1, np.nan)
ANYWHERE = AreaMap(("",), ("",), UNKNOWN, UNKNOWN, UNKNOWN, np.zeros((1, 1), dtype=bool))
"""Locks ask for no map."""


def check_crews(plan: CityPlan, first: date) -> None:
    """Every check of crews, and of locks as far as a year ahead, that needs no map. first: the first local day that may
    be planned; locks before it are past, except in a simulated city, whose data may end at any time.

    Raises ConfigError and LockError.
    """
    check_plan(plan, [first])
    check_work_has_crews(_placeless(plan, first, first + LOOKED_AHEAD, {}))
    city = plan.city
    ahead = [lock for lock in city.crews.locks if lock.date >= first or city.is_simulated]
    if not ahead:
        return
    earliest = min(lock.date for lock in ahead)
    ahead = [lock for lock in ahead if lock.date - earliest <= LOOKED_AHEAD]
    notice = timedelta(days=1 + max((c.notice_days for c in city.crews.contractors), default=0))
    start, end = earliest - notice, max(lock.date for lock in ahead)  # what notice allows only the plan's day can tell
    calendar = holidays_table(city.holidays, city.city, start, end, city.base_dir, city.zone)
    off = {day.date(): name for day, name in zip(calendar["date"], calendar["holiday"], strict=True) if name}
    check_locks(_placeless(plan, start, end, off), ahead)


def check_points(plan: CityPlan, areas: pd.DataFrame, requests: Requests) -> None:
    """Without a map rows far from all yards are dropped as outside the city; where these are most, it is the yards that
    are not where the city is. Raises ConfigError."""
    if len(areas) or requests.rows is None or requests.rows.empty:
        return
    told = requests.corrections
    lost = int(told.loc[told["rule"] == OUTSIDE, "rows"].sum())
    if lost > len(requests.rows) / 2:
        yards = ", ".join(f"'{y.name}' at lat {y.lat}, lon {y.lon}" for y in plan.city.crews.yards if y.lat is not None)
        raise ConfigError(
            f"the points of {lost} of {len(requests.rows)} requests lie far from every yard: {yards}",
            remedy="correct the yards' lat and lon (are they swapped, or is a sign missing?), or leave both out",
            requests=lost,
        )


def check_planned(run: Run) -> None:
    """What the plan step asks of its own days and map before it allocates: made of what was read, before anything is
    trained.

    Raises ConfigError and LockError.
    """
    plan, known = run.job.plan(), known_at(run)
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    problem = resolve(plan, known.areas, days, known.holidays)
    check_locks(problem, problem.locks)


def _placeless(plan: CityPlan, start: date, end: date, off: dict[date, str]) -> Problem:
    """The problem of these dates without its map and locks."""
    crews = plan.city.crews.model_copy(update={"travel": Travel(), "locks": ()})
    placeless = plan.model_copy(update={"city": plan.city.model_copy(update={"crews": crews})})
    return resolve(placeless, ANYWHERE, [start + timedelta(days=i) for i in range((end - start).days + 1)], off)
