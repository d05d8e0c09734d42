"""The plan repeated at ± 30 % of each figure that nobody measured, on few enough draws to be quick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.compare import roster_frame
from allocation.given import Given
from allocation.plan import Decision, decide
from allocation.problem import Problem
from allocation.reduction import reduce
from allocation.sensitivity import DRAWS, Advice, Sensitivity, sensitivity
from allocation.work import jobs_per_request
from domain.panel import Floats
from domain.progress import Progress, silent

LARGEST = 12_000
"""Areas × dates × pairs of yard and crew type up to which a daily run repeats its plan: two for each figure."""


def is_quick(problem: Problem) -> bool:
    """Whether a daily run repeats the plan of this problem. A rule of its size, never of seconds, so that the same
    inputs give the same publication."""
    return len(problem.areas) * len(problem.dates) * len(problem.stationed) <= LARGEST


def doubted(given: Given, progress: Progress = silent) -> Sensitivity:
    """Every plan, the one it is compared with too, takes the solver's roster as it is: a search for each would take
    many times as long. Fairness, which plans twice, is left as its weights make it."""
    few = replace(_few(given), unsearched="plans at other figures are not searched")

    def made(other: Problem) -> Advice:
        progress("the plan at other figures")
        return advice(decide(few.posing(other)))

    return sensitivity(given.problem, made(given.problem), made)


def advice(decision: Decision) -> Advice:
    """The roster and the requests it leaves to turn late."""
    problem = decision.dense.problem
    roster = roster_frame(decision)
    minutes = {s.name: s.minutes for s in problem.shifts}
    hired = {t.name for t in problem.crew_types if t.contract is not None}
    hours = roster["crews"] * roster["shift"].map(minutes).astype(float) / 60
    own = roster.assign(contractor_hours=hours.where(roster["crew_type"].isin(hired), 0.0))
    outcome, weight = decision.outcome, decision.weight
    per_job = np.array([1 / max(jobs_per_request(w.conversion), 1e-9) for w in decision.dense.work])
    turned, days = outcome.turned_late_all.sum(axis=1) @ weight, outcome.late_all.sum(axis=(1, 2)) @ weight
    return Advice(own, float(per_job @ turned), float(per_job @ days))


def _few(given: Given) -> Given:
    """The same on `DRAWS` draws that stand for all by their requests."""
    paths, by_shift = given.paths, given.by_shift
    features: Floats = by_shift.sum(axis=(1, 2, 3)).T.astype(float)
    kept = reduce(features.sum(axis=1), features, paths.draws.weight, DRAWS)
    index = kept.index
    draws = replace(paths.draws, weather_path_id=paths.draws.weather_path_id[index], weight=kept.weight)
    fewer = replace(paths, samples=paths.samples[..., index], draws=draws)
    return replace(given, paths=fewer, by_shift=np.ascontiguousarray(by_shift[..., index]))
