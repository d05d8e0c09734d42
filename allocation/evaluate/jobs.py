"""Open jobs of the replay by area, day filed and day due, and how they pass through the dispatch rule's buckets.

The rule knows buckets of due dates counted from its first date; the replay starts it anew each morning. So the exact
due dates live here, and what a bucket has lost is taken from the jobs due first, then filed first.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from allocation.dense import Counts, Dense
from allocation.waits import ordinals
from allocation.work import bucket_of, buckets, jobs_per_request
from domain.panel import Floats

SPECK = 1e-9


@dataclass(frozen=True)
class Jobs:
    """One entry a cohort: category and area as positions in a `Dense`; filed, due and ready, the day from which crews
    can work on it, as ordinal days; jobs ≥ 0."""

    category: Counts
    area: Counts
    filed: Counts
    due: Counts
    ready: Counts
    jobs: Floats

    def __len__(self) -> int:
        return len(self.jobs)

    def take(self, index: Counts) -> Jobs:
        return Jobs(*(getattr(self, name)[index] for name in COLUMNS))

    def holding(self, jobs: Floats) -> Jobs:
        """The same cohorts with other amounts, empty ones left out."""
        return replace(self, jobs=jobs).take(np.flatnonzero(jobs > SPECK))

    def parted(self, day: int) -> tuple[Jobs, Jobs]:
        """Those that crews can work on that ordinal day, and those that still wait for something else."""
        can = self.ready <= day
        return self.take(np.flatnonzero(can)), self.take(np.flatnonzero(~can))

    def total(self) -> float:
        return float(self.jobs.sum())


COLUMNS = tuple(f.name for f in fields(Jobs))


def joined(*parts: Jobs) -> Jobs:
    return Jobs(*(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))


def no_jobs() -> Jobs:
    none = np.zeros(0, dtype=np.int64)
    return Jobs(none, none, none, none, none, np.zeros(0))


def open_on(dense: Dense, backlog: pd.DataFrame) -> Jobs:
    """Cohorts of the backlog (columns of `domain.tables.BACKLOG`), one a row, ready when filed; requests turned into
    jobs.

    Stale rows are left out, and a row without a known area is spread as the located ones lie, as in a plan.
    """
    live = backlog[~backlog["is_stale"].astype(bool)]
    parts = [no_jobs()]
    for j, work in enumerate(dense.work):
        rows = live[live["category"] == work.category]
        if len(rows):
            parts.append(_of_category(dense, rows, j, jobs_per_request(work.conversion)))
    return joined(*parts)


def _of_category(dense: Dense, rows: pd.DataFrame, j: int, each: float) -> Jobs:
    zone = dense.problem.timezone
    hours = pd.to_timedelta(dense.work[j].due_hours or 0.0, unit="h")
    area = pd.Index([a.area for a in dense.problem.areas]).get_indexer(pd.Index(rows["area"])).astype(np.int64)
    filed = ordinals(rows["created_at"], zone)
    due = ordinals(rows["due_at"].fillna(rows["created_at"] + hours), zone)
    known, lost = np.flatnonzero(area >= 0), np.flatnonzero(area < 0)
    areas = len(dense.problem.areas)
    counts = np.bincount(area[known], minlength=areas)
    share = counts / counts.sum() if counts.sum() else np.full(areas, 1 / areas)
    every = np.tile(np.arange(areas), len(lost))
    at = np.concatenate([known, np.repeat(lost, areas)])
    jobs = np.concatenate([np.full(len(known), each), each * np.tile(share, len(lost))])
    place = np.concatenate([area[known], every])
    return Jobs(np.full(len(at), j, dtype=np.int64), place, filed[at], due[at], filed[at], jobs).holding(jobs)


def bucketed(dense: Dense, jobs: Jobs, day: int) -> tuple[Floats, Counts]:
    """Jobs by bucket as of the morning of ordinal `day`, the dense problem's first date: (J, A, B); and the bucket
    of each cohort."""
    bucket = bucket_of(jobs.due - day, len(dense.problem.dates))
    opening = np.zeros((len(dense.work), len(dense.problem.areas), buckets(dense)))
    np.add.at(opening, (jobs.category, jobs.area, bucket), jobs.jobs)
    return opening, bucket


def reduced(jobs: Jobs, bucket: Counts, left: Floats) -> tuple[Jobs, Jobs]:
    """(still open, served) where `left` (J, A, B) jobs remain of each cell: due first, then filed first, goes first."""
    order = np.lexsort((jobs.filed, jobs.due, bucket, jobs.area, jobs.category))
    ranked = jobs.take(order)
    cell = np.ravel_multi_index((ranked.category, ranked.area, bucket[order]), left.shape)
    done = np.cumsum(ranked.jobs)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    size = np.diff(np.append(starts, len(cell)))
    before = np.repeat((done - ranked.jobs)[starts], size)
    total = np.repeat(np.add.reduceat(ranked.jobs, starts), size) if len(starts) else np.zeros(0)
    gone = np.maximum(total - left.ravel()[cell], 0.0)
    served = np.clip(gone - (done - ranked.jobs - before), 0.0, ranked.jobs)
    return ranked.holding(ranked.jobs - served), ranked.holding(served)
