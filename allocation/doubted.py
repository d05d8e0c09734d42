"""The plan repeated at ± 30 % of each figure that nobody measured, on few enough draws to be quick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from allocation.compare import roster_frame
from allocation.dense import Counts
from allocation.given import Given
from allocation.plan import Decision, decide, rostered
from allocation.posed import Posed, posed
from allocation.problem import Problem
from allocation.published import arrays_of, replayed
from allocation.reduction import reduce
from allocation.sensitivity import DRAWS, Advice, Sensitivity, sensitivity
from allocation.simulated_cost import money_by_draw
from allocation.solve import Roster
from allocation.work import jobs_per_request
from domain.manifest import SolveEntry
from domain.panel import Floats
from domain.progress import Progress, silent

LARGEST = 12_000
"""Areas × dates × pairs of yard and crew type up to which a daily run repeats its plan: two for each figure."""

NOT_SOLVED = SolveEntry(
    status="as published", objective=0, bound=0, gap=0, nodes=0, columns=0, rows=0, surrogate="none: played again"
)


def is_quick(problem: Problem) -> bool:
    """Whether a daily run repeats the plan of this problem. A rule of its size, never of seconds, so that the same
    inputs give the same publication."""
    return len(problem.areas) * len(problem.dates) * len(problem.stationed) <= LARGEST


def doubted(given: Given, progress: Progress = silent, published: pd.DataFrame | None = None) -> Sensitivity:
    """published: the roster that is compared with, columns of `domain.tables.ROSTER`; None: the plan made on the few
    draws. It is played at each changed figure beside the roster made for it, both with the crews that it holds ready:
    how many would be held is told apart, against how many these draws ask for at the stated figures. What it is dearer
    by at the stated figures already, as the few draws fit another roster better, is taken off.

    Every plan takes the solver's roster as it is: a search for each would take many times as long. Fairness, which
    plans twice, is left as its weights make it."""
    few = replace(_few(given), unsearched="plans at other figures are not searched")
    p = posed(few, silent)
    if published is None:
        published = roster_frame(decide(few))
    crews, hours = arrays_of(p.dense, published)
    held, _ = arrays_of(p.dense, published.assign(crews=published["on_readiness"]))
    own = Roster(crews, hours, NOT_SOLVED)

    def held_as_published(at: Posed) -> Posed:
        return replace(at, ready=replace(at.ready, held=held))

    def made(other: Problem) -> Advice:
        progress("the plan at other figures")
        at = posed(few.posing(other), silent)
        as_held = held_as_published(at)
        kept = replayed(as_held, own)
        chosen, outcome = rostered(at.dense, at.work, as_held, silent)
        dearer = kept.chosen.cost - float(money_by_draw(at.dense, chosen.roster, outcome) @ at.weight)
        return replace(advice(replace(kept, chosen=chosen, outcome=outcome), at.ready.held), dearer=dearer)

    already = max(made(given.problem).dearer, 0.0)

    def beyond(other: Problem) -> Advice:
        found = made(other)
        return replace(found, dearer=found.dearer - already)

    return sensitivity(given.problem, advice(replayed(held_as_published(p), own), p.ready.held), beyond)


def advice(decision: Decision, asked: Counts) -> Advice:
    """The roster and the requests it leaves to turn late. asked: (H, N, Y, K) crews to hold ready."""
    problem = decision.dense.problem
    roster = roster_frame(decision)
    minutes = {s.name: s.minutes for s in problem.shifts}
    hired = {t.name for t in problem.crew_types if t.contract is not None}
    hours = roster["crews"] * roster["shift"].map(minutes).astype(float) / 60
    own = roster.assign(contractor_hours=hours.where(roster["crew_type"].isin(hired), 0.0))
    outcome, weight = decision.outcome, decision.weight
    per_job = np.array([1 / max(jobs_per_request(w.conversion), 1e-9) for w in decision.dense.work])
    turned, days = outcome.turned_late_all.sum(axis=1) @ weight, outcome.late_all.sum(axis=(1, 2)) @ weight
    return Advice(own, float(per_job @ turned), float(per_job @ days), int(asked.sum()))


def _few(given: Given) -> Given:
    """The same on `DRAWS` draws that stand for all by their requests."""
    paths, by_shift = given.paths, given.by_shift
    features: Floats = by_shift.sum(axis=(1, 2, 3)).T.astype(float)
    kept = reduce(features.sum(axis=1), features, paths.draws.weight, DRAWS)
    index = kept.index
    draws = replace(paths.draws, weather_path_id=paths.draws.weather_path_id[index], weight=kept.weight)
    fewer = replace(paths, samples=paths.samples[..., index], draws=draws)
    return replace(given, paths=fewer, by_shift=np.ascontiguousarray(by_shift[..., index]))
