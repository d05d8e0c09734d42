"""One day of the replay: the dispatch rule of every plan, on the one draw that really came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Dense
from allocation.dispatch import Crewing, simulate
from allocation.evaluate.jobs import Jobs, bucketed, joined, reduced
from allocation.evaluate.waiting import spread
from domain.panel import Floats


@dataclass(frozen=True)
class Day:
    """open: jobs left in the evening, waiting ones among them. served: jobs done today. minutes: (N, Y, K) worked and
    driven."""

    open: Jobs
    served: Jobs
    minutes: Floats


def replay_day(
    dense: Dense,
    open_jobs: Jobs,
    day: int,
    regular: Floats,
    held: Floats,
    arrivals: Floats,
    pace: Floats | None = None,
) -> Day:
    """Run the rule over the first date of `dense`, ordinal `day`.

    regular, held: (N, Y, K) minutes of the crews who came. arrivals: (J, A, N) jobs filed in each shift of that day.
    pace: (K, J) what the day's weather let crews do, None without rules. What waits, `dense.ready` says.
    The dates after the first hold neither crews nor requests: they give room to due dates.
    """
    dates = len(dense.problem.dates)
    if dates < 2:
        raise ValueError("a day is replayed on a problem of two dates or more; cut it longer")
    open_jobs, waiting = open_jobs.parted(day)
    new = _admitted(dense, arrivals, day)
    if dense.ready is not None:
        new = spread(dense.ready.waits, new)
    new, soon = new.parted(day)
    opening, bucket = bucketed(dense, open_jobs, day)
    filed = np.zeros((*arrivals.shape[:2], dates, arrivals.shape[2], 1))
    filed[:, :, 0, :, 0] = arrivals
    every_day = None if pace is None else np.repeat(pace[None, ..., None], dates, axis=0)
    crewing = Crewing(_first_day(regular, dates), _first_day(held, dates), every_day)
    out = simulate(dense, crewing, opening, filed, np.ones(1), keep_starts=True)
    assert out.starts is not None
    _, new_bucket = bucketed(dense, new, day)
    left, served = reduced(joined(open_jobs, new), np.concatenate([bucket, new_bucket]), out.starts[1][..., 0])
    return Day(joined(left, waiting, soon), served, out.minutes[0, ..., 0].sum(axis=3))


def _first_day(minutes: Floats, dates: int) -> Floats:
    full = np.zeros((dates, *minutes.shape, 1))
    full[0, ..., 0] = minutes
    return full


def _admitted(dense: Dense, arrivals: Floats, day: int) -> Jobs:
    """The day's jobs as cohorts, due by their category's hours."""
    j, a, n = np.nonzero(arrivals)
    today = np.full(len(j), day, dtype=np.int64)
    return Jobs(j, a, today, day + dense.due_days[j, n], today, arrivals[j, a, n])
