"""Contractors' orders that run on from earlier plans.

A contractor comes after its notice, and a plan is made anew every day: what the last one ordered for dates for which
it is too late to order now comes all the same. Its fee is paid, and what it was ordered for counts to its smallest
order. Later dates of the last roster may still be called off, as far as the smallest order is reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from allocation.problem import CrewRule, Order, OrderedShift, Problem

if TYPE_CHECKING:
    from allocation.dense import Dense


def with_orders(problem: Problem, roster: pd.DataFrame, earlier: Iterable[Order] = ()) -> Problem:
    """The problem with what runs on of its contractors' orders, and their crews on firm dates. roster: of the last
    vintage (columns of `domain.tables.ROSTER`); earlier: orders of its own problem."""
    jobs = {order.crew_type: order.jobs for order in earlier}
    hired = [t for t in problem.crew_types if t.contract is not None]
    found = [_order(problem, t, roster, jobs.get(t.name, 0.0)) for t in hired]
    return _with_firm_crews(problem.model_copy(update={"orders": tuple(order for order in found if order is not None)}))


def _order(problem: Problem, hired: CrewRule, roster: pd.DataFrame, jobs: float) -> Order | None:
    """None where nothing is ordered from the first date on, or only what can still be ordered or called off."""
    assert hired.contract is not None
    first = problem.dates[0]
    rows = roster[(roster["crew_type"] == hired.name) & (roster["crews"] > 0)]
    done = jobs + hired.contract.jobs_per_shift.value * float(rows.loc[rows["date"].dt.date < first, "crews"].sum())
    ahead = _placed(problem, hired.name, rows[rows["date"].dt.date >= first])
    free = first - timedelta(days=1) + timedelta(days=hired.contract.notice_days)
    firm = tuple(shift for shift in ahead if shift.date < free)
    return Order(crew_type=hired.name, jobs=done, firm=firm) if firm or (ahead and done) else None


def _placed(problem: Problem, name: str, rows: pd.DataFrame) -> list[OrderedShift]:
    """Those on shifts that are worked still, at the yard it starts from now."""
    at = {entry.yard for entry in problem.stationed if entry.crew_type == name}
    shifts = {(y.name, s.name, d) for y in problem.yards for s in problem.shifts if s.name in y.shifts for d in s.dates}
    found = [
        OrderedShift(date=day, yard=yard, shift=shift, crews=int(crews))
        for day, yard, shift, crews in zip(
            rows["date"].dt.date, rows["yard"], rows["shift"], rows["crews"], strict=True
        )
    ]
    return [one for one in found if one.yard in at and (one.yard, one.shift, one.date) in shifts]


def _with_firm_crews(problem: Problem) -> Problem:
    firm: dict[tuple[str, str, date], int] = {}
    for order in problem.orders:
        for one in order.firm:
            key = (order.crew_type, one.yard, one.date)
            firm[key] = firm.get(key, 0) + one.crews
    stationed = tuple(
        entry.model_copy(
            update={
                "crews": tuple(
                    max(crews, firm.get((entry.crew_type, entry.yard, day), 0))
                    for day, crews in zip(problem.dates, entry.crews, strict=True)
                )
            }
        )
        for entry in problem.stationed
    )
    return problem.model_copy(update={"stationed": stationed})


def firm_slots(problem: Problem) -> dict[tuple[date, str, str, str], int]:
    """Crews by date, shift, yard and type that come as ordered. A lock on a contractor's day has the word over it."""
    locked = {(lock.date, lock.yard, lock.crew_type) for lock in problem.locks}
    return {
        (one.date, one.shift, one.yard, order.crew_type): one.crews
        for order in problem.orders
        for one in order.firm
        if (one.date, one.yard, order.crew_type) not in locked
    }


def firm_dates(problem: Problem, crew_type: str) -> set[date]:
    """Dates on which a contractor's crews come as an earlier plan ordered them, and no others."""
    return {one.date for order in problem.orders if order.crew_type == crew_type for one in order.firm}


def runs_on(problem: Problem, crew_type: str) -> bool:
    """Whether an order of that contractor runs on, so that its fee is paid."""
    return any(order.crew_type == crew_type for order in problem.orders)


def fee(problem: Problem, hired: CrewRule) -> float:
    """Mobilisation fee still to be paid when the contractor comes."""
    return 0.0 if hired.contract is None or runs_on(problem, hired.name) else hired.contract.mobilisation_fee


def still_to_order(dense: Dense, k: int) -> float:
    """Jobs that a contractor's running order lacks to its smallest, as far as its crews can still do them."""
    hired = dense.problem.crew_types[k]
    assert hired.contract is not None
    done = sum(order.jobs for order in dense.problem.orders if order.crew_type == hired.name)
    crews = np.minimum(dense.available[:, :, k], (dense.high * dense.worked[..., None])[..., k].sum(axis=1)).sum()
    within = float(crews) * hired.contract.jobs_per_shift.value
    return float(np.clip(hired.contract.minimum_order_jobs - done, 0.0, within))
