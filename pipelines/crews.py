"""Crews and locks that no plan can be made from, found in the configuration alone: before a run, and by the doctor."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.locks import check_locks
from allocation.possible import check_possible
from allocation.problem import Problem
from allocation.problem_checks import check_plan
from allocation.resolve import resolve
from allocation.uncrewed import check_work_has_crews
from domain.city import CityPlan, Travel
from domain.errors import ConfigError
from domain.lock import Lock
from domain.panel import AreaMap
from pipelines.job import Run, known_at
from pipelines.steps.last_orders import with_last_orders
from pipelines.steps.last_week import with_last_week
from sources.calendar import holidays_table
from sources.plugins import Requests
from sources.validation.coordinates import OUTSIDE
from storage.previous import previous_vintage

LOOKED_AHEAD = timedelta(days=366)
WEEK = timedelta(days=7)
UNKNOWN = np.full(1, np.nan)
ANYWHERE = AreaMap(("",), ("",), UNKNOWN, UNKNOWN, UNKNOWN, np.zeros((1, 1), dtype=bool))
"""Locks ask for no map."""


def check_crews(plan: CityPlan, first: date) -> None:
    """Every check of crews, and of locks as far as a year ahead, that needs no map. first: the first local day that may
    be planned; locks before it are past, except in a simulated city, whose data may end at any time.

    Raises ConfigError, LockError, and NoRosterError where locks contradict each other through a rule or a contract.
    """
    check_plan(plan, [first])
    check_work_has_crews(_placeless(plan, first, first + LOOKED_AHEAD, {}))
    city = plan.city
    ahead = [lock for lock in city.crews.locks if lock.date >= first or city.is_simulated]
    if not ahead:
        return
    earliest = min(lock.date for lock in ahead)
    ahead = [lock for lock in ahead if lock.date - earliest <= LOOKED_AHEAD]
    start, end = earliest - _notice(plan), max(lock.date for lock in ahead)
    calendar = holidays_table(city.holidays, city.city, start, end, city.base_dir, city.zone)
    off = {day.date(): name for day, name in zip(calendar["date"], calendar["holiday"], strict=True) if name}
    check_locks(_placeless(plan, start, end, off), ahead)
    for near in _near_each_other(ahead):
        check_possible(_around(plan, near, off))


def _notice(plan: CityPlan) -> timedelta:
    """From the day of a plan to the first on which every contractor may come; what comes sooner only that day tells."""
    return timedelta(days=1 + max((c.notice_days for c in plan.city.crews.contractors), default=0))


def _near_each_other(locks: list[Lock]) -> list[list[Lock]]:
    """Locks in groups that no rule joins: rest joins two days, the longest week seven."""
    groups: list[list[Lock]] = []
    for lock in sorted(locks, key=lambda one: one.date):
        if groups and lock.date - groups[-1][-1].date < WEEK:
            groups[-1].append(lock)
        else:
            groups.append([lock])
    return groups


def _around(plan: CityPlan, locks: list[Lock], off: dict[date, str]) -> Problem:
    """The problem of these locks' days, and of all days that a plan with one of them may hold: what a contractor cannot
    be ordered for on those, no plan can order."""
    beside = timedelta(days=plan.city.models.horizon_days - 1)
    around = _placeless(plan, locks[0].date - max(beside, _notice(plan)), locks[-1].date + beside, off)
    return around.model_copy(update={"locks": tuple(locks)})


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
    """What the plan step asks of its own days and map before it allocates, and whether any roster keeps its locks: made
    of what was read, before anything is trained.

    Raises ConfigError, LockError and NoRosterError.
    """
    plan, known = run.job.plan(), known_at(run)
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    folder = run.job.folder()
    problem = resolve(plan, known.areas, days, known.holidays)
    problem = with_last_orders(problem, previous_vintage(folder, run.as_of, days[0]))
    check_locks(problem, problem.locks)
    check_possible(with_last_week(problem, folder, run.as_of))


def _placeless(plan: CityPlan, start: date, end: date, off: dict[date, str]) -> Problem:
    """The problem of these dates without its map and locks."""
    crews = plan.city.crews.model_copy(update={"travel": Travel(), "locks": ()})
    placeless = plan.model_copy(update={"city": plan.city.model_copy(update={"crews": crews})})
    return resolve(placeless, ANYWHERE, [start + timedelta(days=i) for i in range((end - start).days + 1)], off)
