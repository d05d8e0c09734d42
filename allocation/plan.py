"""From a problem, sample paths and a backlog to the tables of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from allocation.assignments import assignments
from allocation.candidates import Choice, choose_roster
from allocation.capacity import on_duty, snow_days
from allocation.carried import carried
from allocation.dense import Bools, Counts, Dense, dense
from allocation.dispatch import Outcome, simulate
from allocation.dispatch_table import dispatch_table
from allocation.district_service import without_district_rules
from allocation.fairness import price, weighted, with_found
from allocation.given import Given
from allocation.keep import last_roster
from allocation.other_work import Ahead, readiness_beside_work
from allocation.readiness import Readiness
from allocation.reduction import Reduced, reduce
from allocation.roster_checks import checker
from allocation.roster_rules import broken_rules
from allocation.roster_table import roster_table
from allocation.simulated import Simulated, simulated
from allocation.solve import Roster, solve
from allocation.staffing import staffing_hints
from allocation.story import Story, named_dates, opening_means
from allocation.surrogate import pool
from allocation.value import avoided, snow_share
from allocation.work import arriving_jobs, opening_jobs, scale_for_unlocated
from allocation.work_weather import stopped_share, work_pace
from allocation.worklists import worklists
from domain.fairness import FairnessEntry
from domain.manifest import SolveEntry
from domain.panel import Floats
from domain.progress import Progress, silent
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
    fairness: FairnessEntry | None = None


@dataclass(frozen=True)
class Work:
    """opening: (J, A, B) or (J, A, B, S); arrivals: (J, A, H, N, S), both in jobs. requests: category -> (A, H, N, S)
    over the planned dates, scaled for those without an area."""

    opening: Floats
    arrivals: Floats
    requests: dict[str, Floats]


@dataclass(frozen=True)
class Decision:
    """What was decided and how it plays out.

    duty: (H, K, S) whether a type is there. weight: (S,). pace: (H, K, J, S) what weather lets crews do.
    """

    dense: Dense
    work: Work
    duty: Bools
    ready: Readiness
    chosen: Choice
    outcome: Outcome
    weight: Floats
    pace: Floats | None
    fairness: FairnessEntry | None


def allocate(given: Given, progress: Progress = silent) -> Allocation:
    """Plan `given.problem.dates`.

    Raises ValueError where the arrays do not fit the problem, SolveFailedError where the solver returns nothing.
    """
    problem, decision = given.problem, decide(given, progress)
    d, work, ready, weight = decision.dense, decision.work, decision.ready, decision.weight
    chosen, outcome = decision.chosen, decision.outcome
    progress("valuing each crew")
    kept = _stand_ins(outcome, weight)
    days, jobs_late = avoided(d, chosen.crewing, work.opening, work.arrivals, kept)
    value: Floats = np.einsum("j,j...->...", d.late_cost, days)
    story = _story(d, chosen.roster, ready, outcome, value, work, snow_share(decision.duty, weight), weight)
    story = replace(story, stopped=stopped_share(decision.pace, weight))
    figures = simulated(d, chosen, ready, outcome, weight)
    tables = _tables(story, ready, staffing_hints(problem, work.requests, {}, weight), figures)
    jobs = worklists(d, tables.roster, tables.dispatch, given.backlog)
    told = assignments(decision, days, jobs_late, kept)
    plan = replace(tables, assignments=_valid(ASSIGNMENTS, told), crew_jobs=_valid(CREW_JOBS, jobs))
    return plan if decision.fairness is None else _priced(plan, decision.fairness, problem.currency)


def decide(given: Given, progress: Progress = silent) -> Decision:
    """Readiness, roster and its simulation, without reasons and tables; errors as of `allocate`."""
    given.check()
    problem, paths, weather = given.problem, given.paths, given.weather
    d = dense(problem)
    weight = paths.draws.weight / paths.draws.weight.sum()
    progress("turning requests into work")
    work = _work(d, given)
    duty = on_duty(d, snow_days(d, weather, paths.draws))
    pace = work_pace(d, weather, paths.draws)
    daily = {c: r.sum(axis=2) for c, r in work.requests.items()}
    ready = readiness_beside_work(d, Ahead(daily, work.opening, work.arrivals, duty, weight, weather, pace))
    progress("solving the roster")
    reported, work = work, replace(work, arrivals=with_found(d, work.arrivals))
    d = carried(d, ready.held, duty, work.opening, work.arrivals, weight)
    around = _Around(duty, pace, ready.held, weight, given.seed, given.unsearched)
    chosen, outcome = _rostered(d, work, around, progress)
    if problem.rules.by_district:
        free = replace(dense(without_district_rules(problem)), closing_days=d.closing_days)
        chosen = _with_district_price(chosen, _rostered(free, work, around, progress)[0], problem.currency)
    fairness = None
    if problem.fairness is not None:
        plain = replace(dense(problem.model_copy(update={"fairness": None})), closing_days=d.closing_days)
        without = _rostered(plain, reported, around, progress)
        fairness = price(d, reported.opening, reported.arrivals, (chosen, outcome), without, weight)
    return Decision(d, work, duty, ready, chosen, outcome, weight, pace, fairness)


@dataclass(frozen=True)
class _Around:
    """What a roster is solved and simulated under; see Decision. held: (H, N, Y, K) crews held ready.

    unsearched: why no roster is searched, empty where one is; the same with and without a fairness rule, whose price
    is to be its own alone."""

    duty: Bools
    pace: Floats | None
    held: Counts
    weight: Floats
    seed: int
    unsearched: str


def _rostered(d: Dense, work: Work, around: _Around, progress: Progress) -> tuple[Choice, Outcome]:
    """The roster to publish and what the dispatch rule makes of it."""
    a = around
    pooled = pool(d, work.opening, work.arrivals, a.duty, a.held, a.weight, pace=a.pace)
    pooled = weighted(d, pooled, work.arrivals)
    solved, kept = solve(d, pooled), last_roster(d, pooled, a.held)
    progress("simulating dispatch over the draws")
    broken, search = partial(broken_rules, pooled), a.unsearched or checker(pooled)
    chosen = choose_roster(
        d, solved, a.held, a.duty, work.opening, work.arrivals, a.weight, a.seed, a.pace, broken, kept, search
    )
    return chosen, simulate(d, chosen.crewing, work.opening, work.arrivals, a.weight, named_dates=named_dates(d))


def _with_district_price(chosen: Choice, free: Choice, currency: str) -> Choice:
    """The choice, its status telling what rules on districts cost against the choice made without them."""
    entry, more = chosen.roster.entry, chosen.cost - free.cost
    told = f"rules on districts cost {more:,.0f} {currency} of simulated late days, overtime and contractors"
    entry = entry.model_copy(update={"status": f"{entry.status}; {told}"})
    return replace(chosen, roster=replace(chosen.roster, entry=entry))


def _priced(plan: Allocation, fairness: FairnessEntry, currency: str) -> Allocation:
    """The plan with what fairness costs, in its status too."""
    status = f"{plan.solve.status}; {fairness.sentence(currency)}"
    return replace(plan, fairness=fairness, solve=plan.solve.model_copy(update={"status": status}))


def _work(d: Dense, given: Given) -> Work:
    paths, by_shift, unlocated_share = given.paths, np.asarray(given.by_shift), given.unlocated_share
    arrivals, early = arriving_jobs(d, paths, by_shift, unlocated_share)
    first = early.shape[2]
    last = first + len(d.problem.dates)
    requests = {
        w.category: by_shift[paths.categories.index(w.category)][:, first:last]
        * scale_for_unlocated(unlocated_share.get(w.category, 0.0))
        for w in d.problem.work
    }
    return Work(opening_jobs(d, given.backlog, early), arrivals, requests)


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
