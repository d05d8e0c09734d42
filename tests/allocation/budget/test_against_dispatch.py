"""The queue recursion against the plan's own dispatch rule, on a fortnight of the same work and crews."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.budget.pool import build_pool
from allocation.budget.queue import Staffing, due_jobs, run
from allocation.candidates import longest_shift
from allocation.dense import dense
from allocation.dispatch import Crewing, simulate
from allocation.waits import Waits, with_waits
from allocation.work import OVERDUE_BUCKETS, arriving_jobs, opening_jobs

DAYS, DRAWS, AREAS = 14, 80, 24


def both(build, mean: float, yards: int, waits: Waits | None = None):
    """Share in time and open jobs at the end by category and draw: from dispatch, from the queue. The shares are meant
    where nothing waits."""
    plan, areas = (
        build.city_plan(yards=build.yards(yards, {"patching": 2, "drainage": 1, "mixed": 1})),
        build.area_map(AREAS),
    )
    problem, paths = build.problem_of(plan, areas, DAYS), build.paths_of(plan, areas, DAYS, DRAWS, mean)
    d, by_shift = dense(with_waits(problem, waits)), build.split(paths, (0.6, 0.3, 0.1))
    arrivals, early = arriving_jobs(d, paths, by_shift, {})
    opening = opening_jobs(d, build.backlog_of(areas, "pothole", 30), early)
    crews = longest_shift(d, np.zeros((DAYS, 3, yards, 3), dtype=np.int64))
    regular = crews[..., None] * d.net_minutes[None, :, None, :, None] * np.ones(DRAWS)
    out = simulate(d, Crewing(regular, np.zeros_like(regular)), opening, arrivals, paths.draws.weight, keep_starts=True)
    pool = pooled(d, paths, by_shift, opening)
    course = next(run(pool, [Staffing(np.repeat(d.available.max(axis=0).sum(axis=0)[None], DAYS, axis=0))]))
    due = due_jobs(pool).sum(axis=1)
    # what is open in a date's own bucket when the next one starts went past its due date
    late = sum(out.starts[h + 1][:, :, OVERDUE_BUCKETS + h].sum(axis=1) for h in range(DAYS - 1))
    last = out.late[:, :, -1].sum(axis=1) - out.starts[-1][:, :, : OVERDUE_BUCKETS + DAYS - 1].sum(axis=(1, 2))
    ours = 1 - course.late.sum(axis=1) / due
    return 1 - (late + np.maximum(last, 0)) / due, ours, out.open_all[:, :, -1].sum(axis=1), course.end


def pooled(d, paths, by_shift, opening):
    requests = {w.category: by_shift[paths.categories.index(w.category)].sum(axis=0).astype(float) for w in d.work}
    share = {w.category: np.full(AREAS, 1 / AREAS) for w in d.work}
    pool = build_pool(d, requests, share, opening, None, paths.draws, {})
    return replace(pool, absence=np.zeros_like(pool.absence))


@pytest.mark.parametrize(("mean", "yards"), [(0.5, 1), (0.9, 2), (1.3, 2)])
def test_share_in_time_and_open_jobs_are_close_to_the_dispatch_rule_s(build, mean, yards):
    theirs, ours, their_open, our_open = both(build, mean, yards)
    error = np.abs(ours.mean(axis=1) - theirs.mean(axis=1))

    assert error.max() < 0.025
    assert np.abs(ours - theirs).mean() < 0.04
    np.testing.assert_allclose(our_open.mean(axis=1), their_open.mean(axis=1), rtol=0.05, atol=1.0)


@pytest.mark.parametrize("mean", [0.5, 0.9])
def test_with_waits_what_is_open_at_the_end_is_close_to_the_dispatch_rule_s(build, mean):
    shares = np.zeros((2, 11))
    shares[0, [0, 3, 10]], shares[1, 0] = (0.2, 0.5, 0.3), 1.0
    slow = Waits(shares, ((True,) * 5 + (False,) * 2, (True,) * 7))
    _, _, their_open, our_open = both(build, mean, 2, slow)
    _, _, _, at_once = both(build, mean, 2)
    assert our_open[0].mean() > 1.2 * at_once[0].mean(), "else nothing is seen of the waits"
    np.testing.assert_allclose(our_open.mean(axis=1), their_open.mean(axis=1), rtol=0.05, atol=1.0)
