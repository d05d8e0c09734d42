"""Cohorts of the replay parted by the day from which crews can work on them, as `allocation.waits` has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.dense import Dense
from allocation.evaluate.jobs import Jobs, bucketed
from allocation.waits import EVERY_DAY, Waits, Weekmask
from domain.panel import Floats


def spread(waits: Waits, jobs: Jobs) -> Jobs:
    """Jobs filed today, parted by the day from which crews can work on them."""
    return _parted(waits, jobs, waits.shares[jobs.category])


def remaining(waits: Waits, jobs: Jobs, day: int) -> Jobs:
    """Jobs open on the morning of ordinal `day`, parted as those that wait so long do: by the waits of at least
    their age; ready where nothing waits so long."""
    age = np.zeros(len(jobs), dtype=np.int64)
    for j in range(len(waits.weekmask)):
        own = jobs.category == j
        age[own] = waits.age(j, jobs.filed[own], day)
    share = waits.shares[jobs.category] * (np.arange(waits.shares.shape[1]) > age[:, None])
    total = share.sum(axis=1)
    share[total <= 0, 0] = 1.0
    return _parted(waits, jobs, share / np.where(total > 0, total, 1.0)[:, None])


def _parted(waits: Waits, jobs: Jobs, share: Floats) -> Jobs:
    """share: (n, W) of each cohort."""
    at, days = np.nonzero(share)
    parted = jobs.take(at)
    ready = parted.filed.copy()
    for j in range(len(waits.weekmask)):
        own = parted.category == j
        ready[own] = waits.ready(j, parted.filed[own], days[own])
    return replace(parted, ready=ready, jobs=parted.jobs * share[at, days])


def with_open(dense: Dense, open_jobs: Jobs, day: int) -> tuple[Floats, Dense]:
    """What crews can begin on that ordinal day, the dense problem's first date, (J, A, B), and the problem with what
    still waits then."""
    can, waiting = open_jobs.parted(day)
    opening, _ = bucketed(dense, can, day)
    if dense.ready is None:
        return opening, dense
    later = np.zeros((*opening.shape[:2], len(dense.problem.dates) + 1, opening.shape[2]))
    _, bucket = bucketed(dense, waiting, day)
    on = np.minimum(waiting.ready - day, later.shape[2] - 1)
    np.add.at(later, (waiting.category, waiting.area, on, bucket), waiting.jobs)
    return opening, with_waiting(dense, later)


def with_waiting(dense: Dense, waiting: Floats | None) -> Dense:
    """The problem with open jobs that wait, as of `allocation.ready.Ready`; the very same without."""
    if dense.ready is None or waiting is None:
        return dense
    return replace(dense, ready=replace(dense.ready, waiting=waiting))


def weekmasks(dense: Dense) -> tuple[Weekmask, ...]:
    """Weekdays on which crews with each category's skill work on most dates; all where none works."""
    crews = np.einsum("hny,hyk,kj->hj", dense.worked.astype(float), dense.available.astype(float), dense.skilled) > 0
    weekday = np.array([d.weekday() for d in dense.problem.dates])
    masks = []
    for works in crews.T:
        mask = tuple(bool(works[weekday == d].mean() > 0.5) if (weekday == d).any() else False for d in range(7))
        masks.append(mask if any(mask) else EVERY_DAY)
    return tuple(masks)
