"""Rosters by other means, on the same instance: the extensive form, CP-SAT, a greedy rule, and mean demand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocation import constraints, solve
from allocation.candidates import choose_roster, longest_shift
from allocation.capacity import net_capacity
from allocation.dense import Counts
from allocation.dispatch import Crewing, late_cost
from allocation.roster_checks import checker
from allocation.roster_cost import overtime_money
from allocation.surrogate import Surrogate, pool
from benchmarks.decisions.instances import Instance
from domain.errors import SolveFailedError
from domain.manifest import SolveEntry
from domain.panel import Floats

GREEDY_DRAWS = 10
SEED = 7
"""Of the absences that the published planner plays; rosters are judged on mean absence."""


@dataclass(frozen=True)
class Found:
    """A roster by one method: crews and overtime hours (H, N, Y, K); gap of its own model; seconds of one thread."""

    method: str
    crews: Counts | None
    overtime: Floats | None
    gap: float | None
    columns: int
    cpu_seconds: float
    wall_seconds: float
    told: str = ""


def timed(method: str, make: Callable[[], solve.Roster]) -> Found:
    """Run one method and clock it; a solver without an answer is a row, not an end."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        roster = make()
    except SolveFailedError as error:
        return Found(method, None, None, None, 0, time.process_time() - cpu, time.perf_counter() - wall, error.what)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    entry = roster.entry
    gap = entry.gap if entry.columns else None
    return Found(method, roster.crews, roster.overtime_hours, gap, entry.columns, *spent, entry.status)


def searched(case: Instance) -> solve.Roster:
    """What is published: the cheapest, simulated, of the solver's roster, the simple one and a search from both."""
    s = surrogate(case, None)
    given = (case.held, case.duty, case.opening, case.arrivals, case.weight, SEED)
    return choose_roster(case.dense, solve.solve(case.dense, s), *given, search=checker(s)).roster


def surrogate(case: Instance, scenarios: int | None) -> Surrogate:
    """Areas pooled to reach zones, draws reduced to `scenarios` (None: as many as the product takes)."""
    return pool(case.dense, case.opening, case.arrivals, case.duty, case.held, case.weight, scenarios)


def pooled(case: Instance, scenarios: int | None) -> solve.Roster:
    return solve.solve(case.dense, surrogate(case, scenarios))


def extensive(case: Instance) -> solve.Roster:
    """The roster of least cost in the extensive form."""
    return solve.solve(case.dense, extensive_form(case))


def extensive_form(case: Instance) -> Surrogate:
    """Every area its own zone and every draw a scenario: nothing pooled, nothing reduced."""
    areas = np.arange(len(case.dense.problem.areas), dtype=np.int64)
    draws = len(case.weight)
    return pool(case.dense, case.opening, case.arrivals, case.duty, case.held, case.weight, draws, zone=areas)


def extensive_cost(case: Instance, crews: Counts, overtime: Floats) -> float:
    """What a roster costs in the extensive form."""
    return model_cost(extensive_form(case), crews, overtime)


def model_cost(s: Surrogate, crews: Counts, overtime: Floats) -> float:
    """What a roster costs in a model, every scenario served as well as can be: a linear programme."""
    c = constraints.columns(s)
    bounds, (_, h, y, k) = solve._bounds(s, c), s.source.T
    bounds.lower[c.crews] = bounds.upper[c.crews] = crews[h, s.shift, y, k]
    hours = np.minimum(overtime[h, s.shift, y, k], s.over / 60 * crews[h, s.shift, y, k])
    bounds.lower[c.overtime] = bounds.upper[c.overtime] = hours
    solver = solve._solver(solve._model(bounds, [constraint(s, c) for constraint in solve.CONSTRAINTS], c))
    solver.run()
    return float(solver.getInfo().objective_function_value)


def mean_demand(case: Instance) -> solve.Roster:
    """The plan for the mean of the draws: one scenario."""
    mean = case.arrivals @ case.weight
    opening = case.opening @ case.weight if case.opening.ndim == 4 else case.opening
    here = (case.duty @ case.weight > 0.5)[..., None]
    return solve.solve(case.dense, pool(case.dense, opening, mean[..., None], here, case.held, np.ones(1), 1))


def everybody(case: Instance) -> solve.Roster:
    """Every crew on its longest shift, no overtime: what a plan must beat."""
    crews = longest_shift(case.dense, case.held)
    return solve.Roster(crews, np.zeros(crews.shape), _unsolved("no model"))


def greedy(case: Instance) -> solve.Roster:
    """Starting from every crew on its longest shift: move one crew of a yard and type to another shift, or buy a
    shift's whole overtime, on all its days, wherever the simulated cost falls.

    Each is tried once: a marginal rule without a model.
    """
    d = case.dense
    crews, overtime = longest_shift(d, case.held), np.zeros((*d.worked.shape, d.available.shape[2]))
    few = _few(case)
    best = simulated(few, crews, overtime)
    for y, k in np.argwhere(d.available.any(axis=0)):
        for n in range(crews.shape[1]):
            for tried in (_moved(case, crews, int(y), int(k), n), crews):
                hours = overtime.copy()
                if tried is crews:
                    hours[:, n, y, k] = tried[:, n, y, k] * d.overtime[n] / 60
                cost = simulated(few, tried, np.minimum(hours, tried * d.overtime[None, :, None, None] / 60))
                if cost < best - 1e-6:
                    best, crews, overtime = cost, tried, hours
    overtime = np.minimum(overtime, crews * d.overtime[None, :, None, None] / 60)
    return solve.Roster(crews, overtime, _unsolved("each move tried once"))


def _few(case: Instance) -> Instance:
    """The instance on GREEDY_DRAWS of its draws."""
    index = np.linspace(0, len(case.weight) - 1, min(GREEDY_DRAWS, len(case.weight))).astype(int)
    weight = np.full(len(index), 1 / len(index))
    return replace(case, arrivals=case.arrivals[..., index], duty=case.duty[..., index], weight=weight)


def _moved(case: Instance, crews: Counts, y: int, k: int, n: int) -> Counts:
    """One crew of the yard and type moved to shift n on every day on which there is one elsewhere."""
    moved = crews.copy()
    for h in range(len(moved)):
        there = int(moved[h, :, y, k].argmax())
        if case.dense.worked[h, n, y] and there != n and moved[h, there, y, k]:
            moved[h, there, y, k] -= 1
            moved[h, n, y, k] += 1
    return moved


def simulated(case: Instance, crews: Counts, overtime: Floats) -> float:
    """Expected money of late days (closing days included) and overtime of a roster, played by the dispatch rule on
    every draw of `case`; absence takes its mean share of every crew."""
    there = np.repeat(crews[..., None].astype(float), len(case.weight), axis=-1) * (
        1 - case.dense.problem.absence_share
    )
    there *= case.duty[:, None, None]
    share = np.divide(overtime * 60, crews, out=np.zeros(crews.shape), where=crews > 0)
    minutes = net_capacity(case.dense, there) + there * share[..., None]
    crewing = Crewing(minutes, np.zeros(minutes.shape))
    late = late_cost(case.dense, crewing, case.opening, case.arrivals, 0, is_closed=True)
    return float(late @ case.weight) + overtime_money(case.dense, overtime)


def _unsolved(status: str) -> SolveEntry:
    """An entry for a roster that no solver made."""
    return SolveEntry(status=status, objective=0, bound=0, gap=0, nodes=0, columns=0, rows=0, surrogate="")
