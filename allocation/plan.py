"""From a problem, sample paths and a backlog to the tables of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from allocation.assignments import assignments
from allocation.candidates import Choice, choose_roster
from allocation.dense import Bools, Dense, dense
from allocation.dispatch import Outcome, simulate
from allocation.dispatch_table import dispatch_table
from allocation.district_service import without_district_rules
from allocation.fairness import price, weighted
from allocation.given import Given
from allocation.keep import last_roster
from allocation.posed import Posed, Work, posed
from allocation.posted import without_posted
from allocation.readiness import Readiness, ruled_out
from allocation.roster_checks import checker
from allocation.roster_rules import broken_rules
from allocation.roster_table import roster_table
from allocation.simulated import Simulated, simulated
from allocation.simulated_cost import money_by_draw, price_words
from allocation.solve import Roster, solve
from allocation.staffing import staffing_hints
from allocation.story import Story, named_dates, opening_means
from allocation.surrogate import pool
from allocation.value import affordable, avoided, snow_share, stand_ins
from allocation.waiting import whole_opening
from allocation.work_weather import stopped_share
from allocation.worklists import worklists
from domain.fairness import FairnessEntry
from domain.lock import LocksEntry
from domain.manifest import SolveEntry
from domain.panel import Floats
from domain.progress import Progress, silent
from domain.tables import ASSIGNMENTS, CREW_JOBS, DISPATCH, READINESS, ROSTER, STAFFING_HINTS, Table


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
    locks: LocksEntry | None = None


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
    kept = stand_ins(outcome, weight, affordable(d, outcome))
    bought = avoided(d, chosen.crewing, work.opening, work.arrivals, kept)
    value = bought.money.mean
    story = _story(d, chosen.roster, ready, outcome, value, work, snow_share(decision.duty, weight), weight)
    story = replace(story, stopped=stopped_share(decision.pace, weight))
    figures = figures_of(decision)
    tables = _tables(story, ready, staffing_hints(problem, work.requests, {}, weight), figures)
    jobs = worklists(d, tables.roster, tables.dispatch, given.backlog)
    told = assignments(decision, bought)
    locks = _price_of_locks(given, figures, progress)
    plan = replace(tables, assignments=_valid(ASSIGNMENTS, told), crew_jobs=_valid(CREW_JOBS, jobs), locks=locks)
    return plan if decision.fairness is None else _priced(plan, decision.fairness, problem.currency)


def decide(given: Given, progress: Progress = silent) -> Decision:
    """Readiness, roster and its simulation, without reasons and tables; errors as of `allocate`."""
    p = posed(given, progress)
    d, problem, work = p.dense, given.problem, p.work
    progress("solving the roster")
    chosen, outcome = rostered(d, work, p, progress)
    if problem.rules.by_district:
        free = replace(dense(without_district_rules(problem)), closing_days=d.closing_days, ready=d.ready)
        other, played = rostered(free, work, p, progress)
        more = money_by_draw(d, chosen.roster, outcome) - money_by_draw(free, other.roster, played)
        chosen = _told(chosen, f"rules on districts {price_words(more, p.weight, problem.currency)}")
    if p.ready.ruled_out:
        chosen = _told(chosen, ruled_out(p.ready))
    fairness = None
    if problem.fairness is not None:
        plain = replace(
            dense(problem.model_copy(update={"fairness": None})), closing_days=d.closing_days, ready=d.ready
        )
        without = rostered(plain, p.reported, p, progress)
        reported = p.reported.opening, p.reported.arrivals
        fairness = price(d, *reported, (chosen, outcome), without, p.weight)
    return Decision(d, work, p.duty, p.ready, chosen, outcome, p.weight, p.pace, fairness)


def rostered(d: Dense, work: Work, p: Posed, progress: Progress) -> tuple[Choice, Outcome]:
    """The roster to publish and what the dispatch rule makes of it, for the rules of `d` and the jobs of `work`."""
    held = p.ready.held
    pooled = pool(d, work.opening, work.arrivals, p.duty, held, p.weight, pace=p.pace)
    pooled = weighted(d, pooled, work.arrivals)
    solved, kept = solve(d, pooled), last_roster(d, pooled, held)
    progress("simulating dispatch over the draws")
    broken, search = partial(broken_rules, pooled), p.unsearched or checker(pooled)
    chosen = choose_roster(
        d, solved, held, p.duty, work.opening, work.arrivals, p.weight, p.seed, p.pace, broken, kept, search
    )
    return chosen, simulate(d, chosen.crewing, work.opening, work.arrivals, p.weight, named_dates=named_dates(d))


def figures_of(decision: Decision) -> Simulated:
    """What the decided roster costs and leaves late."""
    return simulated(decision.dense, decision.chosen, decision.ready, decision.outcome, decision.weight)


def _price_of_locks(given: Given, figures: Simulated, progress: Progress) -> LocksEntry | None:
    """The plan decided once more without its locks, readiness included; None where no lock binds."""
    locks = tuple(lock for lock in given.problem.locks if lock.binds)
    if not locks:
        return None
    progress("the plan without its locks, for their price")
    unlocked = without_posted(given.problem, locks).model_copy(update={"locks": ()})
    told, free = tuple(str(lock) for lock in locks), figures_of(decide(given.posing(unlocked)))
    return LocksEntry(locks=told, cost_with=round(figures.cost, 2), cost_without=round(free.cost, 2))


def _told(chosen: Choice, told: str) -> Choice:
    """The choice with one more sentence in its status."""
    entry = chosen.roster.entry
    entry = entry.model_copy(update={"status": f"{entry.status}; {told}"})
    return replace(chosen, roster=replace(chosen.roster, entry=entry))


def _priced(plan: Allocation, fairness: FairnessEntry, currency: str) -> Allocation:
    """The plan with what fairness costs, in its status too."""
    status = f"{plan.solve.status}; {fairness.sentence(currency)}"
    return replace(plan, fairness=fairness, solve=plan.solve.model_copy(update={"status": status}))


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
    open_now, late_now = opening_means(whole_opening(d, work.opening), weight)
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
