"""What one replayed day cost, and the sums a week."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

import numpy as np

from allocation.dense import Bools, Dense
from allocation.evaluate.day import Day
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.levels import Readied
from allocation.evaluate.workload import mean_minutes
from allocation.roster_cost import overtime_money
from domain.panel import Floats


@dataclass(frozen=True)
class Account:
    """Sums over days. Requests, not jobs; money in the city's currency; regular wages are the same in every policy
    and left out.

    late_requests: that became overdue. late_request_days, open_request_days: at the end of each day, summed; those that
    crews cannot work on yet are late under every policy alike, and cost no money here.
    missed: requests beyond what stood ready, in missed_events districts and days. idle_standbys: districts and days
    raised for nothing. late_at_end_cost: money of one more late day of what is late in the end, late_at_end_minutes: of
    work in it. changed: crews that worked elsewhere than the roster in force the day before said.
    """

    late_requests: float = 0.0
    late_request_days: float = 0.0
    open_request_days: float = 0.0
    missed: float = 0.0
    missed_events: float = 0.0
    idle_standbys: float = 0.0
    overtime_hours: float = 0.0
    late_cost: float = 0.0
    event_late_cost: float = 0.0
    overtime_cost: float = 0.0
    hired_cost: float = 0.0
    readiness_cost: float = 0.0
    missed_cost: float = 0.0
    late_at_end_cost: float = 0.0
    late_at_end_minutes: float = 0.0
    changed: float = 0.0
    served: float = 0.0
    filed: float = 0.0
    days: float = 0.0

    @property
    def cost(self) -> float:
        return self.late_cost + self.overtime_cost + self.hired_cost + self.readiness_cost + self.missed_cost

    @property
    def event_cost(self) -> float:
        """What event work alone cost, its overtime not told apart: lateness, readiness and missed requests."""
        return self.event_late_cost + self.readiness_cost + self.missed_cost

    def plus(self, other: Account) -> Account:
        """This account and the one of the days after it."""
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        last = {name: getattr(other, name) for name in ("late_at_end_cost", "late_at_end_minutes")}
        return Account(**sums | last)

    def row(self) -> dict[str, float]:
        return {
            **{k: float(v) for k, v in asdict(self).items()},
            "cost": float(self.cost),
            "event_cost": float(self.event_cost),
        }


@dataclass(frozen=True)
class Paid:
    """What a day is paid beside regular wages. overtime_hours: (N, Y, K) worked. hired: money of contractors."""

    overtime_hours: Floats
    hired: float = 0.0


def account(
    dense: Dense,
    each: Floats,
    day: int,
    done: Day,
    paid: Paid,
    ready: Readied,
    changed: float,
    filed: float,
) -> Account:
    """One day's account, the first date of `dense`. each: (J,) jobs a request; filed: requests."""
    left = done.open
    requests = left.jobs / each[left.category]
    late = left.due <= day
    in_reach = late & (left.ready <= day)
    money = (left.jobs * dense.late_cost[left.category])[in_reach]
    event = np.array([w.kind == "event" for w in dense.work], dtype=bool)[left.category[in_reach]]
    late_cost = float(money.sum())
    hours = np.zeros((len(dense.problem.dates), *paid.overtime_hours.shape))
    hours[0] = paid.overtime_hours
    return Account(
        late_requests=float(requests[left.due == day].sum()),
        late_request_days=float(requests[late].sum()),
        open_request_days=float(requests.sum()),
        missed=ready.missed,
        missed_events=ready.missed_events,
        idle_standbys=ready.idle_standbys,
        overtime_hours=float(paid.overtime_hours.sum()),
        late_cost=late_cost,
        event_late_cost=float(money[event].sum()),
        overtime_cost=overtime_money(dense, hours),
        hired_cost=paid.hired,
        readiness_cost=ready.cost,
        missed_cost=ready.missed_cost,
        late_at_end_cost=late_cost,
        late_at_end_minutes=_minutes(dense, left, in_reach),
        changed=changed,
        served=float((done.served.jobs / each[done.served.category]).sum()),
        filed=filed,
        days=1,
    )


def _minutes(dense: Dense, left: Jobs, late: Bools) -> float:
    """Minutes of the late ones among the open jobs, with travel."""
    jobs = np.zeros((len(dense.work), len(dense.problem.areas)))
    np.add.at(jobs, (left.category[late], left.area[late]), left.jobs[late])
    return float((jobs * mean_minutes(dense, jobs)).sum())


def late_days_by_area(dense: Dense, each: Floats, day: int, done: Day) -> Floats:
    """Late requests at the end of the day by area, (A,)."""
    late = np.flatnonzero(done.open.due <= day)
    requests = done.open.jobs[late] / each[done.open.category[late]]
    by_area = np.zeros(len(dense.problem.areas))
    np.add.at(by_area, done.open.area[late], requests)
    return by_area
