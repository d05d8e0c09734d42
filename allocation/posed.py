"""What a roster is decided on: a problem's arrays, its work, and the crews held ready beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.capacity import on_duty, snow_days
from allocation.carried import carried
from allocation.dense import Bools, Dense, dense
from allocation.fairness import with_found
from allocation.given import Given
from allocation.other_work import Ahead, readiness_beside_work
from allocation.readiness import Readiness
from allocation.waiting import parted_opening
from allocation.work import arriving_jobs, scale_for_unlocated
from allocation.work_weather import work_pace
from domain.panel import Floats
from domain.progress import Progress


@dataclass(frozen=True)
class Work:
    """opening: (J, A, B) or (J, A, B, S) that crews can begin on; arrivals: (J, A, H, N, S), both in jobs.
    requests: category -> (A, H, N, S) over the planned dates, scaled for those without an area."""

    opening: Floats
    arrivals: Floats
    requests: dict[str, Floats]


@dataclass(frozen=True)
class Posed:
    """work: with what fairness adds to it; reported: without. duty: (H, K, S) whether a type is there. pace:
    (H, K, J, S) what weather lets crews do. weight: (S,), sums to 1. unsearched: why no roster is searched, empty where
    one is; the same with and without a fairness rule, whose price is to be its own alone."""

    dense: Dense
    work: Work
    reported: Work
    duty: Bools
    pace: Floats | None
    ready: Readiness
    weight: Floats
    seed: int
    unsearched: str


def posed(given: Given, progress: Progress) -> Posed:
    """Raises ValueError where the arrays do not fit the problem."""
    given.check()
    paths, weather = given.paths, given.weather
    d = dense(given.problem)
    weight = paths.draws.weight / paths.draws.weight.sum()
    progress("turning requests into work")
    d, work = _work(d, given, weight)
    duty = on_duty(d, snow_days(d, weather, paths.draws))
    pace = work_pace(d, weather, paths.draws)
    daily = {c: r.sum(axis=2) for c, r in work.requests.items()}
    ready = readiness_beside_work(d, Ahead(daily, work.opening, work.arrivals, duty, weight, weather, pace))
    found = replace(work, arrivals=with_found(d, work.arrivals))
    d = carried(d, ready.held, duty, found.opening, found.arrivals, weight)
    return Posed(d, found, work, duty, pace, ready, weight, given.seed, given.unsearched)


def _work(d: Dense, given: Given, weight: Floats) -> tuple[Dense, Work]:
    """What is open and to come, and the dense problem with what waits."""
    paths, by_shift, unlocated_share = given.paths, np.asarray(given.by_shift), given.unlocated_share
    arrivals, early = arriving_jobs(d, paths, by_shift, unlocated_share)
    first = early.shape[2]
    last = first + len(d.problem.dates)
    requests = {
        w.category: by_shift[paths.categories.index(w.category)][:, first:last]
        * scale_for_unlocated(unlocated_share.get(w.category, 0.0))
        for w in d.problem.work
    }
    opening, d = parted_opening(d, given.backlog, early, weight)
    return d, Work(opening, arrivals, requests)
