"""Each assignment's reasons as a table: what it buys, what binds it, the next best use, its place in the build-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from allocation.binding import used_up
from allocation.build_up import BuildUp, build_up
from allocation.missed_events import Missed, missed_avoided, missed_in_order
from allocation.next_best import Slot, Use, next_best
from allocation.reduction import Reduced
from allocation.roster_cost import paid_by_slot
from allocation.work import jobs_per_request
from domain.panel import Floats

if TYPE_CHECKING:
    from allocation.plan import Decision

COLUMNS = [
    "date", "shift", "yard", "crew_type", "late_days_avoided", "late_requests_avoided", "missed_requests_avoided",
    "missed_cost_avoided", "leave_one_out", "build_up_order", "build_up_value", "build_up_cost", "used_up", "binds",
    "next_best", "next_best_cost", "drivers",
]  # fmt: skip


def assignments(decision: Decision, days_avoided: Floats, jobs_avoided: Floats, kept: Reduced) -> pd.DataFrame:
    """Columns COLUMNS, a row a manned slot in the order of the build-up; `drivers` empty, for `allocation.drivers`.

    days_avoided, jobs_avoided: (J, H, N, Y, K) as from `allocation.value.avoided`; they and the rest rest on the draws
    of `kept`, missed requests on all draws, as readiness itself does.
    """
    dense, roster, work = decision.dense, decision.chosen.roster, decision.work
    given = (work.opening, work.arrivals, kept)
    paid = paid_by_slot(dense, roster.crews, roster.overtime_hours)
    built = build_up(dense, decision.chosen.crewing, paid, *given)
    held = missed_in_order(dense, decision.ready, work.requests, decision.weight, built.slots)
    built = built.with_missed(held)
    others = next_best(dense, decision.chosen.crewing, roster.crews, *given)
    full = used_up(decision)
    bought = Bought(
        days_avoided.sum(axis=0),
        np.einsum("j,j...->...", dense.late_cost, days_avoided),
        np.einsum("j,j...->...", [1 / jobs_per_request(w.conversion) for w in dense.work], jobs_avoided),
        missed_avoided(dense, decision.ready, work.requests, decision.weight),
    )
    rows = [_row(decision, i, built, bought, full, others) for i in range(len(built.slots))]
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class Bought:
    """What slots avoid, each taken away alone. days, money, requests: (H, N, Y, K) of lateness; missed: by slot."""

    days: Floats
    money: Floats
    requests: Floats
    missed: dict[Slot, Missed]


def _row(
    decision: Decision, i: int, built: BuildUp, bought: Bought, full: Floats, others: dict[Slot, Use]
) -> dict[str, object]:
    dense = decision.dense
    problem = dense.problem
    h, n, y, k = (int(x) for x in built.slots[i])
    slot = (h, n, y, k)
    other = others.get(slot)
    missed = bought.missed.get(slot, Missed(0.0, 0.0))
    return {
        "date": pd.Timestamp(problem.dates[h]),
        "shift": problem.shifts[n].name,
        "yard": problem.yards[y].name,
        "crew_type": problem.crew_types[k].name,
        "late_days_avoided": float(bought.days[slot]),
        "late_requests_avoided": float(bought.requests[slot]),
        "missed_requests_avoided": missed.requests,
        "missed_cost_avoided": missed.money,
        "leave_one_out": float(bought.money[slot]),
        "build_up_order": i + 1,
        "build_up_value": float(built.increment[i]),
        "build_up_cost": built.nothing - float(built.increment[: i + 1].sum()),
        "used_up": float(np.clip(full[slot], 0, 1)),
        "binds": _binds(decision, slot, float(full[slot])),
        "next_best": _next(decision, y, other),
        "next_best_cost": np.nan if other is None else other.money,
        "drivers": "",
    }


def _binds(decision: Decision, slot: Slot, full: float) -> str:
    """Locks, used-up minutes, overtime at its limit, and the yard's number of crews, in words."""
    dense, roster = decision.dense, decision.chosen.roster
    h, n, y, k = slot
    crews, hours = int(roster.crews[slot]), float(roster.overtime_hours[slot])
    name = (*dense.problem.dates[h : h + 1], dense.problem.shifts[n].name, dense.problem.yards[y].name)
    locks = [lock for lock in dense.problem.locks if lock.slot == (*name, dense.problem.crew_types[k].name)]
    told = [f"fixed by a lock ({lock})" for lock in locks]
    told.append(f"minutes used up in {full:.0%} of the cases")
    if crews and hours > 0 and hours >= crews * dense.overtime[n] / 60 - 0.01:
        told.append("overtime at its limit")
    whole = (roster.crews + decision.ready.held)[h, :, y, k].sum()
    if full >= 0.5 and whole >= dense.available[h, y, k]:
        told.append(f"all {int(whole)} of the yard are on duty that day")
    return "; ".join(told)


def _next(decision: Decision, yard: int, other: Use | None) -> str:
    problem = decision.dense.problem
    if other is None:
        return "none: no other shift or yard works that day, the crews would stand idle"
    where = f"on the {problem.shifts[other.shift].name} shift"
    where += "" if other.yard == yard else f" at {problem.yards[other.yard].name}"
    if other.money >= 0.5:
        return f"{where}, which would cost {other.money:,.0f} {problem.currency} more"
    if other.money <= -0.5:
        return f"{where}, {-other.money:,.0f} {problem.currency} less on the few draws this is recomputed on"
    return f"{where}, at the same cost"
