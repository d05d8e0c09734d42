"""Each assignment's reasons as a table: what it buys, what binds it, the next best use, its place in the build-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from allocation.binding import LEAST, spent_words, used_up
from allocation.build_up import BuildUp, affordable_build_up, build_up
from allocation.missed_events import Missed, missed_avoided, missed_in_order
from allocation.next_best import Slot, Use, next_best
from allocation.orders import firm_slots
from allocation.roster_cost import paid_by_slot
from allocation.value import WORK, Avoided, affordable, stand_ins
from domain.panel import Floats
from domain.words import SURE_ERRORS

if TYPE_CHECKING:
    from allocation.plan import Decision

COLUMNS = [
    "date", "shift", "yard", "crew_type", "late_days_avoided", "late_days_error", "late_requests_avoided",
    "late_requests_error", "missed_requests_avoided", "missed_cost_avoided", "leave_one_out", "leave_one_out_error",
    "draws", "build_up_order", "build_up_value", "build_up_cost", "build_up_draws", "used_up", "binds", "next_best",
    "next_best_cost", "drivers",
]  # fmt: skip

NEXT_WORK = WORK // 32
"""What may be spent on other uses of crews, of which each slot has several; as `allocation.value` counts it."""


def assignments(decision: Decision, bought: Avoided) -> pd.DataFrame:
    """Columns COLUMNS, a row a manned slot in the order of the build-up; `drivers` empty, for `allocation.drivers`.

    Missed requests rest on all draws, as readiness itself does; the build-up and the next best use on as many as a
    stated budget of work allows them.
    """
    dense, roster, work, outcome = decision.dense, decision.chosen.roster, decision.work, decision.outcome
    crewing, weight, jobs = decision.chosen.crewing, decision.weight, (work.opening, work.arrivals)
    paid = paid_by_slot(dense, roster.crews, roster.overtime_hours)
    built_on = stand_ins(outcome, weight, affordable_build_up(dense, outcome))
    built = build_up(dense, crewing, paid, *jobs, built_on)
    held = missed_in_order(dense, decision.ready, work.requests, weight, built.slots)
    built = built.with_missed(held)
    tried_on = stand_ins(outcome, weight, affordable(dense, outcome, NEXT_WORK))
    reasons = Reasons(
        bought,
        missed_avoided(dense, decision.ready, work.requests, weight),
        used_up(decision),
        next_best(dense, crewing, roster.crews, *jobs, tried_on),
        len(tried_on.index),
    )
    rows = [_row(decision, i, built, reasons) for i in range(len(built.slots))]
    return pd.DataFrame(rows, columns=COLUMNS).assign(build_up_draws=len(built_on.index))


@dataclass(frozen=True)
class Reasons:
    """What slots avoid, each taken away alone; missed: by slot. full: (H, N, Y, K) as of `used_up`. others: the next
    best use by slot, on `tried` draws."""

    bought: Avoided
    missed: dict[Slot, Missed]
    full: Floats
    others: dict[Slot, Use]
    tried: int


def _row(decision: Decision, i: int, built: BuildUp, reasons: Reasons) -> dict[str, object]:
    dense = decision.dense
    problem = dense.problem
    h, n, y, k = (int(x) for x in built.slots[i])
    slot = (h, n, y, k)
    other, bought, full = reasons.others.get(slot), reasons.bought, float(reasons.full[slot])
    missed = reasons.missed.get(slot, Missed(0.0, 0.0))
    return {
        "date": pd.Timestamp(problem.dates[h]),
        "shift": problem.shifts[n].name,
        "yard": problem.yards[y].name,
        "crew_type": problem.crew_types[k].name,
        "late_days_avoided": float(bought.days.mean[slot]),
        "late_days_error": float(bought.days.error[slot]),
        "late_requests_avoided": float(bought.requests.mean[slot]),
        "late_requests_error": float(bought.requests.error[slot]),
        "missed_requests_avoided": missed.requests,
        "missed_cost_avoided": missed.money,
        "leave_one_out": float(bought.money.mean[slot]),
        "leave_one_out_error": float(bought.money.error[slot]),
        "draws": bought.draws,
        "build_up_order": i + 1,
        "build_up_value": float(built.increment[i]),
        "build_up_cost": built.nothing - float(built.increment[: i + 1].sum()),
        "used_up": float(np.clip(full, 0, 1)),
        "binds": _binds(decision, slot, full),
        "next_best": _next(decision, y, other, reasons.tried),
        "next_best_cost": np.nan if other is None else other.money,
        "drivers": "",
    }


def _binds(decision: Decision, slot: Slot, full: float) -> str:
    """Locks, used-up minutes, overtime at its limit, and the yard's number of crews, in words."""
    dense, roster = decision.dense, decision.chosen.roster
    h, n, y, k = slot
    crews, hours = int(roster.crews[slot]), float(roster.overtime_hours[slot])
    problem = dense.problem
    name = (problem.dates[h], problem.shifts[n].name, problem.yards[y].name, problem.crew_types[k].name)
    locks = [lock for lock in problem.locks if lock.binds and lock.slot == name]
    told = [f"fixed by a lock ({lock})" for lock in locks]
    told += ["ordered by an earlier plan, too late to call off"] if name in firm_slots(problem) else []
    told += [f"{spent_words(dense, k)} in {full:.0%} of the cases"] if full >= LEAST else []
    if crews and hours > 0 and hours >= crews * dense.overtime[n] / 60 - 0.01:
        told.append("overtime at its limit")
    whole = (roster.crews + decision.ready.held)[h, :, y, k].sum()
    if full >= 0.5 and whole >= dense.available[h, y, k]:
        told.append(f"all {int(whole)} of the yard are on duty that day")
    return "; ".join(told) or "nothing: minutes are left in nearly every case"


def _next(decision: Decision, yard: int, other: Use | None, draws: int) -> str:
    problem = decision.dense.problem
    if other is None:
        return "none: no other shift or yard works that day, the crews would stand idle"
    where = f"on the {problem.shifts[other.shift].name} shift"
    where += "" if other.yard == yard else f" at {problem.yards[other.yard].name}"
    if abs(other.money) < 0.5:
        return f"{where}, at the same cost"
    if abs(other.money) <= SURE_ERRORS * other.error:
        return f"{where}, at a cost that {draws} draws cannot tell from the same"
    if other.money > 0:
        return f"{where}, which would cost {other.money:,.0f} {problem.currency} more"
    return f"{where}, {-other.money:,.0f} {problem.currency} less on the {draws} draws this is recomputed on"
