"""Requests that cannot be begun at once, in a year's budget."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.pool import Pool
from allocation.budget.queue import Staffing, due_jobs, run
from allocation.budget.search import case_of, window_of
from allocation.problem import WaitRule
from allocation.ready import ready_over
from allocation.waits import EVERY_DAY
from domain.panel import Floats


def flat(pool: Pool, *crews: int) -> Staffing:
    return Staffing(np.repeat(np.array([crews]), len(pool.dates), axis=0))


def waiting(pool: Pool, days: dict[int, float]) -> Pool:
    """Potholes, which are due after four days, wait so long; drains do not."""
    rule = WaitRule(days=days, basis="expert", weekdays=EVERY_DAY)
    work = (pool.dense.work[0].model_copy(update={"waits": rule}), *pool.dense.work[1:])
    return replace(pool, dense=replace(pool.dense, work=work, ready=ready_over(work, pool.dates)))


def in_time(pool: Pool, staffing: Staffing) -> Floats:
    course = next(run(pool, [staffing]))
    return 1 - course.late[:, 1:].sum(axis=(1, 2)) / due_jobs(pool)[:, 1:].sum(axis=(1, 2))


@pytest.fixture(scope="module")
def pool(made) -> Pool:
    """Without snow, worked every day of the week, so that waits in days are easily told."""
    plain = made.ingredients()[0]
    works = np.repeat(plain.works.max(axis=0)[None], len(plain.dates), axis=0)
    return replace(plain, duty=np.ones_like(plain.duty), works=works)


def test_no_crews_are_in_time_on_what_they_can_begin_on_after_it_is_due(pool):
    many = flat(pool, 30, 30)
    assert in_time(pool, many) == pytest.approx([1, 1], abs=0.01)
    assert in_time(waiting(pool, {0: 0.2, 3: 0.5, 10: 0.3}), many) == pytest.approx([0.7, 1], abs=0.01)
    assert in_time(waiting(pool, {30: 1.0}), many)[0] == pytest.approx(0, abs=0.02)


def test_what_is_ready_on_the_day_it_is_due_needs_more_crews_to_be_in_time(pool):
    soon = waiting(pool, {4: 1.0})
    assert in_time(soon, flat(pool, 30, 30))[0] > 0.9
    assert in_time(soon, flat(pool, 1, 1))[0] < in_time(pool, flat(pool, 1, 1))[0]


def test_no_job_is_lost_and_no_more_is_late_than_was_due(pool):
    slow = waiting(pool, {0: 0.2, 3: 0.3, 10: 0.2, 400: 0.3})
    came = (slow.opening.sum(axis=1) + slow.arrivals.sum(axis=(0, 1))).sum(axis=0)
    for crews in ((0, 0), (2, 2)):
        course = next(run(slow, [flat(slow, *crews)]))
        gone = course.served.sum(axis=(0, 1)) + course.end.sum(axis=0)
        np.testing.assert_allclose(gone, came, rtol=1e-9)
        assert (course.late <= due_jobs(slow) + 1e-9).all()
    idle = [next(run(p, [flat(p, 0, 0)])) for p in (slow, pool)]
    np.testing.assert_allclose(idle[0].late, due_jobs(slow), atol=1e-9)
    np.testing.assert_allclose(idle[0].late_days, idle[1].late_days, atol=1e-6)


def test_without_waits_everything_is_the_same_to_the_bit(pool):
    at_once = waiting(pool, {0: 1.0})
    plain, same = (next(run(p, [flat(p, 1, 1)])) for p in (pool, at_once))
    np.testing.assert_array_equal(plain.late, same.late)
    np.testing.assert_array_equal(plain.end, same.end)


def test_the_case_knows_the_most_that_can_be_in_time(pool, made):
    terms = made.ingredients()[1]
    window = window_of(pool, terms, whole_quarters(made.AS_OF, 2, "07-01"), 0.9)
    assert case_of(pool, terms, window).within_reach == pytest.approx([1, 1])
    slow = waiting(pool, {0: 0.2, 3: 0.5, 10: 0.3})
    assert case_of(slow, terms, window).within_reach == pytest.approx([0.7, 1], abs=0.01)
