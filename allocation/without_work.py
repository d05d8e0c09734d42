"""The constraints on crews alone: what rules, contracts and locks say of a roster, whatever work there is."""

from __future__ import annotations

import numpy as np

from allocation.dense import Counts, Dense
from allocation.surrogate import Surrogate, pool
from allocation.work import buckets


def without_work(dense: Dense, held: Counts | None = None) -> Surrogate:
    """The surrogate of a problem in which nothing is open and nothing is filed: one scenario, everybody there. held:
    (H, N, Y, K) crews held ready, by default none."""
    none = np.zeros((*dense.worked.shape, dense.available.shape[2]), dtype=np.int64)
    jobs = np.zeros((len(dense.work), len(dense.problem.areas), buckets(dense)))
    filed = np.zeros((*jobs.shape[:2], *dense.worked.shape[:2], 1))
    duty = np.ones((len(dense.worked), dense.available.shape[2], 1), dtype=bool)
    return pool(dense, jobs, filed, duty, none if held is None else held, np.ones(1))
