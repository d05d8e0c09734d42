"""The roster: a two-stage stochastic integer programme over the surrogate, solved by HiGHS.

First stage: whole crews and overtime hours by yard, type, shift and date, the same in every scenario. Second stage:
jobs served, open and late in each scenario. The second stage sees a whole scenario, so its lateness flatters; what
is published comes from `allocation.dispatch`.

Objective, in money: late days (`Dense.closing_days` more for what is late at the end) + `WAITING_SHARE` of a late day
for each day a job waits, which breaks ties and no more (at 1 % it drew crews into later, shorter shifts, which
simulation found up to 9 % dearer) + overtime + `IDLE_SHARE` of the wage for each crew left without
a shift. Regular wages are paid whether or not a crew is rostered, so they are the same in every plan and left out.
The idle share gives a shift to crews that no scenario needs: recourse that knows its scenario understates what slack
is worth (simulated, rosters without it were later than sending everybody out). Changes against the last roster cost
their price, locks are bounds of the crews' columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import coo_array

from allocation import constraints, district_constraints, rule_constraints, week_constraints
from allocation.constraints import Columns, Rows
from allocation.dense import Counts, Dense
from allocation.infeasible import Space, diagnose, refuse
from allocation.lock_constraints import locks_kept
from allocation.orders import fee
from allocation.possible import conflict_of_crews, whole_columns
from allocation.roster_rules import filled
from allocation.surrogate import Surrogate
from domain.errors import SolveFailedError
from domain.manifest import SolveEntry
from domain.panel import Floats

WAITING_SHARE = 0.0002
IDLE_SHARE = 0.002

MAX_NODES = 20
RELATIVE_GAP = 0.002
EMERGENCY_SECONDS = 300.0
SEED = 1
IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)

CONSTRAINTS: tuple[Callable[[Surrogate, Columns], Rows], ...] = (
    constraints.crews_within_availability,
    constraints.overtime_within_limit,
    constraints.minutes_within_roster,
    constraints.minutes_within_readiness,
    constraints.weather_stops_work,
    constraints.open_jobs_carry_over,
    constraints.overdue_jobs_are_late,
    rule_constraints.rest_between_shifts,
    week_constraints.hours_within_longest_week,
    week_constraints.shifts_within_longest_week,
    rule_constraints.equipment_within_number,
    rule_constraints.overtime_in_paid_blocks,
    rule_constraints.contractors_as_ordered,
    rule_constraints.smallest_orders_kept,
    rule_constraints.jobs_within_order,
    district_constraints.least_service_by_district,
    district_constraints.lateness_alike_by_district,
    constraints.changes_are_counted,
)


@dataclass(frozen=True)
class Roster:
    """crews: (H, N, Y, K) on regular work. overtime_hours: the same shape, all crews together."""

    crews: Counts
    overtime_hours: Floats
    entry: SolveEntry


@dataclass(frozen=True)
class _Bounds:
    cost: Floats
    lower: Floats
    upper: Floats
    offset: float


def solve(dense: Dense, s: Surrogate) -> Roster:
    """The roster of least expected cost.

    Raises NoRosterError, which names the constraints in conflict and the smallest relaxation, where none exists, and
    SolveFailedError where HiGHS returns no solution.
    """
    c = constraints.columns(s)
    if len(s.link) == 0:
        return _roster(dense, s, s.low.astype(float), np.zeros(len(s.source)), _nothing())
    bounds = _bounds(s, c)
    rows = [constraint(s, c) for constraint in CONSTRAINTS]
    solver = _solver(_model(bounds, rows, c))
    solver.run()
    info = solver.getInfo()
    if solver.getModelStatus() in IMPOSSIBLE:
        _explain(s, bounds, rows, c)
    is_emergency = solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
    if is_emergency and info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return _roster(dense, s, np.zeros(len(s.source)), np.zeros(len(s.source)), _out_of_time(s, c))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        status = solver.modelStatusToString(solver.getModelStatus())
        raise SolveFailedError(
            f"HiGHS returned no roster (status: {status})",
            remedy="check the crews, minutes and costs in the city YAML for extreme values",
            status=status,
        )
    values = np.asarray(solver.getSolution().col_value)
    entry = SolveEntry(
        status=_status(solver),
        objective=_rounded(info.objective_function_value),
        bound=_rounded(info.mip_dual_bound),
        gap=_rounded(info.mip_gap, 6),
        nodes=int(max(info.mip_node_count, 0)),
        columns=c.size,
        rows=int(sum(len(r.lower) for r in rows)),
        surrogate=surrogate_in_words(s),
        is_emergency=is_emergency,
    )
    return _roster(dense, s, values[c.crews], values[c.overtime], entry)


def _explain(s: Surrogate, bounds: _Bounds, rows: list[Rows], c: Columns) -> None:
    """Raise NoRosterError: crews alone may be in conflict, else with their work. Locks and limits on crews are left to
    their rows, so that they can be named and loosened."""
    if conflict := conflict_of_crews(s, c):
        raise refuse(conflict)
    lower, upper = bounds.lower.copy(), bounds.upper.copy()
    for block in (c.crews, c.overtime):
        lower[block], upper[block] = 0.0, np.inf
    blocks = {constraint.__name__: block for constraint, block in zip(CONSTRAINTS, rows, strict=True)}
    if conflict := diagnose(blocks | locks_kept(s, c), Space(lower, upper, whole_columns(c))):
        raise refuse(conflict)


def surrogate_in_words(s: Surrogate) -> str:
    """What was solved, and how far its draws are from all draws."""
    w, _, _, periods = s.sizes
    return (
        f"areas pooled to {s.zones} zones by nearest yard, {w} scenarios standing for all draws "
        f"(mean load off by {s.reduced.error_mean:.1%}, its heaviest 5 % by {s.reduced.error_tail:.1%}), "
        f"{periods} shifts; each scenario's jobs are served knowing that scenario"
    )


def _bounds(s: Surrogate, c: Columns) -> _Bounds:
    w, z, j, p = s.sizes
    dates = s.day_added.shape[3]
    cost, lower, upper = np.zeros(c.size), np.zeros(c.size), np.full(c.size, np.inf)
    price = np.broadcast_to((s.weight[:, None, None] * s.late_cost)[..., None], (w, z, j, 1))
    cost[c.late] = price * np.where(np.arange(dates) == dates - 1, 1 + s.dense.closing_days, 1.0)
    seen = s.last_period[s.last_period >= 0]
    cost[c.open] = WAITING_SHARE * price * np.bincount(seen, minlength=p)
    cost[c.crews] = np.where(np.isin(s.source[:, 3], s.hired), s.crew_cost, -IDLE_SHARE * s.crew_cost)
    cost[c.overtime] = s.over_cost
    cost[c.called] = s.call_out_cost[: c.called.size]
    for i, k in enumerate(s.hired):
        cost[c.hired[i]] = fee(s.dense.problem, s.dense.problem.crew_types[k])
    upper[c.hired] = 1.0
    _, h, y, k = s.source.T
    upper[c.crews] = np.minimum(s.crews_left[h, y, k], s.high)
    lower[c.crews] = s.low
    cost[c.changed] = s.change_price[s.priced]
    upper[c.overtime] = s.over / 60 * upper[c.crews]
    early = s.last_period < 0
    lower[c.late[..., early]] = np.maximum(s.day_added - s.not_due, 0.0)[..., early]
    offset = WAITING_SHARE * (price * s.day_added).sum() + IDLE_SHARE * _wages(s)
    return _Bounds(cost, lower, upper, float(offset))


def _wages(s: Surrogate) -> float:
    """Wages of all regular crews, each on the dearest shift open to it that day."""
    own = ~np.isin(s.source[:, 3], s.hired)
    _, h, y, k = s.source[own].T
    dearest = np.zeros(s.crews_left.shape)
    np.maximum.at(dearest, (h, y, k), s.crew_cost[own])
    return float((dearest * s.crews_left).sum())


def _model(bounds: _Bounds, rows: list[Rows], c: Columns) -> highspy.HighsLp:
    shift = np.cumsum([0, *(len(r.lower) for r in rows)])
    matrix = coo_array(
        (
            np.concatenate([r.value for r in rows]),
            (
                np.concatenate([r.row + at for r, at in zip(rows, shift[:-1], strict=True)]),
                np.concatenate([r.column for r in rows]),
            ),
        ),
        shape=(int(shift[-1]), c.size),
    ).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = c.size, int(shift[-1])
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = bounds.cost, bounds.lower, bounds.upper
    lp.row_lower_ = np.concatenate([r.lower for r in rows])
    lp.row_upper_ = np.concatenate([r.upper for r in rows])
    lp.offset_ = bounds.offset
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(w)] for w in whole_columns(c)]
    return lp


def _solver(lp: highspy.HighsLp) -> highspy.Highs:
    """HiGHS on one thread with a fixed seed, stopped by nodes; seconds are for emergencies alone."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": SEED,
        "mip_rel_gap": RELATIVE_GAP,
        "mip_max_nodes": MAX_NODES,
        "time_limit": EMERGENCY_SECONDS,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    return solver


def _status(solver: highspy.Highs) -> str:
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return "optimal within the stated gap"
    if status == highspy.HighsModelStatus.kTimeLimit:
        return "stopped by the emergency clock: not reproducible"
    return f"stopped at {MAX_NODES} nodes"


def _nothing() -> SolveEntry:
    return SolveEntry(
        status="nothing to decide",
        objective=0.0,
        bound=0.0,
        gap=0.0,
        nodes=0,
        columns=0,
        rows=0,
        surrogate="no crew can serve any work on these dates",
    )


def _out_of_time(s: Surrogate, c: Columns) -> SolveEntry:
    """Every crew that has no shift yet goes on its longest, so the plan is the simple roster."""
    return _nothing().model_copy(
        update={
            "status": "stopped by the emergency clock before a roster was found: every crew on its longest shift",
            "columns": c.size,
            "surrogate": surrogate_in_words(s),
            "is_emergency": True,
        }
    )


def _roster(dense: Dense, s: Surrogate, crews: Floats, overtime: Floats, entry: SolveEntry) -> Roster:
    shape = (*dense.worked.shape, dense.available.shape[2])
    _, h, y, k = s.source.T
    whole, hours = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    whole[h, s.shift, y, k] = np.rint(crews).astype(np.int64)
    hours[h, s.shift, y, k] = np.round(np.maximum(overtime, 0.0), 2)
    return Roster(filled(s, whole, hours), hours, entry)


def _rounded(value: float, digits: int = 4) -> float:
    return float(np.round(value, digits)) + 0.0
