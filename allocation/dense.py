"""The problem as dense arrays, the form that solver and dispatch work on.

Axes: J crewed categories (queue and event work of ours), Y yards, K crew types, N shifts, H dates, A areas,
S draws, B due buckets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allocation.fairness_rule import area_weights
from allocation.locks import lock_bounds
from allocation.posted import change_prices, posted_crews
from allocation.problem import Problem, WorkRule
from allocation.ready import Ready, ready_over
from domain.due_times import due_hours_on
from domain.panel import Floats

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

CLOSING_DAYS = 5.0
"""Days charged for what is late at a plan's end, where nothing is known of the load after it."""


@dataclass(frozen=True, eq=False)
class Dense:
    """Arrays of one Problem; equal only to itself, so that what is reckoned from it can be kept.

    worked: (H, N, Y) the yard works that shift that day. available: (H, Y, K) crews a day, all shifts together.
    minutes, overtime: (N,) a crew and shift; see `overtime_by_type`. setup: (K,) minutes a crew loses each shift.
    skilled: (K, J). service: (K, J) minutes of a first job in an area, further: (K, J) of each further one with
    the drive between them (0 without the skill). drive: (Y, A) minutes one way.
    reach: (K, Y, A) where a yard's crews of a type may be sent. own: (K, Y, A) the nearest yard with the type.
    low, high: (H, N, Y, K) crews on regular work that locks allow. posted: (H, N, Y, K) crews of the last roster, NaN
    where it has none. change_price: (H,) money a crew and slot that differs from it.
    late_cost: (J,) money a job and day late. due_by_date: (H, J, N) days from a slot's date to its jobs' due date, by
    the due time in force on that date.
    area_weight: (J, A) what a late job counts for in ranking and rostering, 1 unless fairness is switched on.
    closing_days: days charged beyond the plan for what is late at its end; see `allocation.carried`.
    ready: when crews can begin on what is filed and open; None: at once.
    """

    problem: Problem
    work: tuple[WorkRule, ...]
    worked: Bools
    available: Counts
    minutes: Floats
    overtime: Floats
    setup: Floats
    skilled: Bools
    service: Floats
    further: Floats
    drive: Floats
    reach: Bools
    own: Bools
    late_cost: Floats
    due_by_date: Counts
    low: Counts
    high: Counts
    posted: Floats
    change_price: Floats
    area_weight: Floats
    closing_days: float = CLOSING_DAYS
    ready: Ready | None = None

    @property
    def due_days(self) -> Counts:
        """`due_by_date` of the first date, (J, N)."""
        first: Counts = self.due_by_date[0]
        return first

    @property
    def is_fair(self) -> bool:
        """Whether a fairness rule lifts any area."""
        return bool((self.area_weight != 1.0).any())

    @cached_property
    def net_minutes(self) -> Floats:
        """Minutes a crew can serve and drive in a shift after setting up, (N, K)."""
        net: Floats = np.maximum(self.minutes[:, None] - self.setup[None, :], 0.0)
        return net

    @cached_property
    def overtime_by_type(self) -> Floats:
        """Minutes a crew may stay on, (N, K): none of a contractor's, who is paid by the job and not by the hour."""
        own = [t.contract is None for t in self.problem.crew_types]
        limit: Floats = self.overtime[:, None] * np.array(own, dtype=float)
        return limit

    @cached_property
    def jobs_a_shift(self) -> Floats:
        """Jobs that a crew is paid for and does at most in a shift, (K,): a contractor's order, no limit for others."""
        contracts = [t.contract for t in self.problem.crew_types]
        return np.array([np.inf if c is None else c.jobs_per_shift.value for c in contracts])


def dense(problem: Problem) -> Dense:
    """Arrays of `problem`."""
    work = tuple(w for w in problem.work if w.is_crewed)
    types = [t.name for t in problem.crew_types]
    available = _available(problem, types)
    skilled = np.array([[t in w.minutes for w in work] for t in types], dtype=bool).reshape(len(types), len(work))
    service = np.array([[w.minutes.get(t, 0.0) for w in work] for t in types]).reshape(len(types), len(work))
    nearby = np.array([w.conversion.nearby_factor.value for w in work])
    setup = np.array([w.conversion.setup_minutes_per_shift.value for w in work])
    drive = np.array([[problem.travel.minutes_unknown if m is None else m for m in y.drive] for y in problem.yards])
    drive = drive.reshape(len(problem.yards), len(problem.areas))
    based: Bools = np.asarray(available.any(axis=0).T)
    low, high = lock_bounds(problem, available)
    own, reach = _reach(drive, based, problem.travel.reach_extra_minutes)
    return Dense(
        problem=problem,
        work=work,
        worked=np.array(
            [
                [[d in s.dates and s.name in y.shifts for y in problem.yards] for s in problem.shifts]
                for d in problem.dates
            ]
        ),
        available=available,
        minutes=np.array([s.minutes for s in problem.shifts]),
        overtime=np.array([s.overtime_minutes for s in problem.shifts]),
        setup=np.max(np.where(skilled, setup[None, :], 0.0), axis=1, initial=0.0),
        skilled=skilled,
        service=service,
        further=np.where(skilled, service * nearby[None, :] + problem.travel.minutes_within_area, 0.0),
        drive=drive,
        reach=reach,
        own=own,
        late_cost=np.array([w.cost_per_late_day * w.conversion.requests_per_job.value for w in work]),
        due_by_date=np.stack([due_days_on(problem, work, day) for day in problem.dates]),
        low=low,
        high=high,
        posted=posted_crews(problem),
        change_price=change_prices(problem),
        area_weight=area_weights(problem.fairness, [w.category for w in work], len(problem.areas)),
        ready=ready_over(work, problem.dates),
    )


def _available(problem: Problem, types: list[str]) -> Counts:
    yards = [y.name for y in problem.yards]
    available = np.zeros((len(problem.dates), len(yards), len(types)), dtype=np.int64)
    for entry in problem.stationed:
        available[:, yards.index(entry.yard), types.index(entry.crew_type)] = entry.crews
    return available


def _reach(drive: Floats, based: Bools, extra: float) -> tuple[Bools, Bools]:
    """own and reach, each (K, Y, A), from drive (Y, A) and which types are based where, based (K, Y).

    own: the nearest yard with the type (ties: the first). reach: drives at most `extra` minutes longer than
    that; and every yard reaches the areas nearest to itself, so that no crew is without work by geometry.
    """
    own = np.zeros((len(based), *drive.shape), dtype=bool)
    reach = np.zeros_like(own)
    areas = np.arange(drive.shape[1])
    closest = drive <= drive.min(axis=1, keepdims=True) + extra
    for k, here in enumerate(based):
        if here.any():
            usable = np.where(here[:, None], drive, np.inf)
            own[k, usable.argmin(axis=0), areas] = True
            reach[k] = here[:, None] & ((usable <= usable.min(axis=0) + extra) | closest)
    return own, reach


def due_days_on(problem: Problem, work: tuple[WorkRule, ...], day: date) -> Counts:
    """Days from `day` to the local date on which what is filed in a shift's middle falls due, (J, N)."""
    middle = np.array([(s.start_minute + s.clock_minutes / 2) / 1440 for s in problem.shifts])
    rules = [w.queue or w.event for w in work]
    hours = np.array([due_hours_on(rule, day) if rule else 0.0 for rule in rules])
    days: Counts = np.floor(middle[None, :] + hours[:, None] / 24).astype(np.int64)
    return days
