"""From a problem, sample paths and a backlog to the tables of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.assignments import assignments
from allocation.candidates import Choice, choose_roster
from allocation.capacity import on_duty, snow_days
from allocation.dense import Bools, Dense, dense
from allocation.dispatch import Outcome, simulate
from allocation.dispatch_table import dispatch_table
from allocation.keep import last_roster
from allocation.problem import Problem
from allocation.readiness import Readiness, choose_readiness
from allocation.reduction import Reduced, reduce
from allocation.roster_table import roster_table
from allocation.simulated import Simulated, simulated
from allocation.solve import Roster, solve
from allocation.staffing import staffing_hints
from allocation.story import Story, named_dates, opening_means
from allocation.surrogate import pool
from allocation.value import days_avoided, snow_share
from allocation.work import arriving_jobs, opening_jobs, scale_for_unlocated
from allocation.worklists import worklists
from domain.manifest import SolveEntry
from domain.panel import AreaMap, Floats, SamplePaths, WeatherPaths
from domain.progress import Progress
from domain.tables import ASSIGNMENTS, CREW_JOBS, DISPATCH, READINESS, ROSTER, STAFFING_HINTS, Table

VALUE_DRAWS = 20
"""Draws on which the worth of each crew is recomputed."""


@dataclass(frozen=True)
class Allocation:
    """The plan: tables of `domain.tables` without vintage_id, and how the roster was found."""

    roster: pd.DataFrame
    dispatch: pd.DataFrame
    readiness: pd.DataFrame
    staffing_hints: pd.DataFrame
    solve: SolveEntry
    simulated: Simulated
    assignments: pd.DataFrame = field(default_factory=ASSIGNMENTS.empty)
    crew_jobs: pd.DataFrame = field(default_factory=CREW_JOBS.empty)


@dataclass(frozen=True)
class Work:
    """opening: (J, A, B) or (J, A, B, S); arrivals: (J, A, H, N, S), both in jobs. requests: category -> (A, H, N, S)
    over the planned dates, scaled for those without an area."""

    opening: Floats
    arrivals: Floats
    requests: dict[str, Floats]


@dataclass(frozen=True)
class Decision:
    """What was decided and how it plays out: duty (H, K, S) whether a type is there, weight (S,)."""

    dense: Dense
    work: Work
    duty: Bools
    ready: Readiness
    chosen: Choice
    outcome: Outcome
    weight: Floats


def allocate(
    problem: Problem,
    paths: SamplePaths,
    by_shift: NDArray[Any],
    areas: AreaMap,
    backlog: pd.DataFrame,
    weather: WeatherPaths | None,
    unlocated_share: Mapping[str, float],
    seed: int,
    progress: Progress,
) -> Allocation:
    """Plan `problem.dates`.

    by_shift: requests (C, A, H, N, S) of `paths`, split over `problem.shifts`. backlog: columns of
    `domain.tables.BACKLOG` without vintage_id, empty where the source gives counts only. unlocated_share: category ->
    share of requests without an area, by which work is scaled up. Raises ValueError where the arrays do not fit the
    problem, SolveFailedError where the solver returns nothing.
    """
    decision = decide(problem, paths, by_shift, areas, backlog, weather, unlocated_share, seed, progress)
    d, work, ready, weight = decision.dense, decision.work, decision.ready, decision.weight
    chosen, outcome = decision.chosen, decision.outcome
    progress("valuing each crew")
    kept = _stand_ins(outcome, weight)
    avoided = days_avoided(d, chosen.crewing, work.opening, work.arrivals, kept)
    value: Floats = np.einsum("j,j...->...", d.late_cost, avoided)
    story = _story(d, chosen.roster, ready, outcome, value, work, snow_share(decision.duty, weight), weight)
    figures = simulated(d, chosen, ready, outcome, weight)
    tables = _tables(story, ready, staffing_hints(problem, work.requests, {}, weight), figures)
    jobs = worklists(d, tables.roster, tables.dispatch, backlog)
    told = assignments(decision, avoided, kept)
    return replace(tables, assignments=_valid(ASSIGNMENTS, told), crew_jobs=_valid(CREW_JOBS, jobs))


def decide(
    problem: Problem,
    paths: SamplePaths,
    by_shift: NDArray[Any],
    areas: AreaMap,
    backlog: pd.DataFrame,
    weather: WeatherPaths | None,
    unlocated_share: Mapping[str, float],
    seed: int,
    progress: Progress,
) -> Decision:
    """Readiness, roster and its simulation, without reasons and tables; arguments and errors as of `allocate`."""
    _check(problem, paths, by_shift, areas)
    d = dense(problem)
    weight = paths.draws.weight / paths.draws.weight.sum()
    progress("turning requests into work")
    work = _work(d, paths, np.asarray(by_shift), backlog, unlocated_share)
    duty = on_duty(d, snow_days(d, weather, paths.draws))
    ready = choose_readiness(d, {c: r.sum(axis=2) for c, r in work.requests.items()}, weight, weather)
    progress("solving the roster")
    pooled = pool(d, work.opening, work.arrivals, duty, ready.held, weight)
    solved, kept = solve(d, pooled), last_roster(d, pooled, ready.held)
    progress("simulating dispatch over the draws")
    chosen = choose_roster(d, solved, ready.held, duty, work.opening, work.arrivals, weight, seed, kept)
    outcome = simulate(d, chosen.crewing, work.opening, work.arrivals, weight, named_dates=named_dates(d))
    return Decision(d, work, duty, ready, chosen, outcome, weight)


def _check(problem: Problem, paths: SamplePaths, by_shift: NDArray[Any], areas: AreaMap) -> None:
    names = tuple(a.area for a in problem.areas)
    if paths.areas != names or areas.names != names:
        raise ValueError("problem, sample paths and area map list different areas, or in another order")
    shape = (*paths.samples.shape[:3], len(problem.shifts), paths.samples.shape[3])
    if by_shift.shape != shape:
        raise ValueError(f"arrivals by shift have the shape {by_shift.shape}, not {shape}")


def _work(
    d: Dense,
    paths: SamplePaths,
    by_shift: NDArray[Any],
    backlog: pd.DataFrame,
    unlocated_share: Mapping[str, float],
) -> Work:
    arrivals, early = arriving_jobs(d, paths, by_shift, unlocated_share)
    first = early.shape[2]
    last = first + len(d.problem.dates)
    requests = {
        w.category: by_shift[paths.categories.index(w.category)][:, first:last]
        * scale_for_unlocated(unlocated_share.get(w.category, 0.0))
        for w in d.problem.work
    }
    return Work(opening_jobs(d, backlog, early), arrivals, requests)


def _stand_ins(outcome: Outcome, weight: Floats) -> Reduced:
    """Draws that stand for all by their late days: crews are valued on these."""
    late = outcome.late.sum(axis=(1, 2)).T
    return reduce(outcome.cost, late, weight, VALUE_DRAWS)


def _story(
    d: Dense,
    roster: Roster,
    ready: Readiness,
    outcome: Outcome,
    value: Floats,
    work: Work,
    snow: Floats,
    weight: Floats,
) -> Story:
    open_now, late_now = opening_means(work.opening, weight)
    return Story(
        dense=d,
        roster=roster,
        held=ready.held,
        level=ready.level,
        outcome=outcome,
        value=value,
        open_now=open_now,
        late_now=late_now,
        filed=work.arrivals.sum(axis=3) @ weight,
        snow_share=snow,
        weight=weight,
    )


def _tables(story: Story, ready: Readiness, hints: pd.DataFrame, figures: Simulated) -> Allocation:
    return Allocation(
        roster=_valid(ROSTER, roster_table(story)),
        dispatch=_valid(DISPATCH, dispatch_table(story)),
        readiness=_valid(READINESS, ready.table),
        staffing_hints=_valid(STAFFING_HINTS, hints),
        solve=story.roster.entry,
        simulated=figures,
    )


def _valid(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame typed and checked by its contract; the vintage is named when it is published."""
    return table.validate(frame.assign(vintage_id="")).drop(columns="vintage_id")
