from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.evaluate.jobs import Jobs, joined, no_jobs, reduced
from domain.chance import generator


def _random(seed: int, n: int) -> tuple[Jobs, np.ndarray]:
    rng = generator(seed, "jobs")
    due = rng.integers(0, 8, n)
    return Jobs(rng.integers(0, 2, n), rng.integers(0, 3, n), due - 4, due, due - 4, rng.uniform(0.1, 2, n)), due // 3


@given(st.integers(0, 10_000), st.integers(0, 30), st.floats(0, 1))
@settings(max_examples=60)
def test_what_is_left_and_what_was_served_add_up_to_what_was_open(seed: int, n: int, share: float) -> None:
    jobs, bucket = _random(seed, n)
    cell = np.zeros((2, 3, 3))
    np.add.at(cell, (jobs.category, jobs.area, bucket), jobs.jobs)
    left, served = reduced(jobs, bucket, cell * share)
    assert np.isclose(left.total() + served.total(), jobs.total())
    again = np.zeros_like(cell)
    np.add.at(again, (left.category, left.area, left.due // 3), left.jobs)
    np.testing.assert_allclose(again, cell * share, atol=1e-7)


def test_of_one_bucket_the_job_due_first_goes_first() -> None:
    jobs = Jobs(*(np.array(x) for x in ([0, 0], [1, 1], [3, 1], [7, 5], [3, 1], [1.0, 1.0])))
    left, served = reduced(jobs, np.array([2, 2]), _cell(0.5))
    assert list(served.due) == [5, 7]
    np.testing.assert_allclose(served.jobs, [1.0, 0.5])
    np.testing.assert_allclose((left.due, left.jobs), ([7], [0.5]))


def _cell(jobs: float) -> np.ndarray:
    cell = np.zeros((1, 2, 3))
    cell[0, 1, 2] = jobs
    return cell


def test_nothing_open_is_nothing_served() -> None:
    left, served = reduced(no_jobs(), np.zeros(0, dtype=np.int64), np.zeros((1, 1, 1)))
    assert len(joined(left, served)) == 0
