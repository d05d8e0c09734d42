"""Requests become work: the stated conversion, due buckets, and minutes a job.

A due bucket groups jobs by the local date on which they fall due: first the jobs overdue before the plan starts,
oldest first (`OVERDUE_DAYS`), then one bucket a planned date, last all that fall due after the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.dense import Counts, Dense, due_days_on
from domain.category import Conversion
from domain.due_times import due_hours_by_row
from domain.panel import Floats, SamplePaths

OVERDUE_DAYS = (28, 14, 7, 3)
"""Days overdue at the plan's start that part the overdue buckets: over 28, 15-28, 8-14, 4-7, 1-3."""

OVERDUE_BUCKETS = len(OVERDUE_DAYS) + 1
MAX_UNLOCATED = 0.95


def jobs_per_request(conversion: Conversion) -> float:
    """jobs = requests × job_share ÷ requests_per_job × (1 + self_found_share), as `domain.category` states it."""
    per_job = conversion.requests_per_job.value
    return conversion.job_share.value / per_job * (1 + conversion.self_found_share.value)


def scale_for_unlocated(share: float) -> float:
    """Work known by area ÷ (1 − share) is all work; a share above 0.95 says nothing and is taken as 0.95."""
    return 1.0 / (1.0 - min(max(share, 0.0), MAX_UNLOCATED))


def buckets(dense: Dense) -> int:
    """Number of due buckets, B."""
    return OVERDUE_BUCKETS + len(dense.problem.dates) + 1


def bucket_of(due_day: Counts, horizon: int) -> Counts:
    """Bucket of jobs that fall due `due_day` days after the first planned date (negative: already overdue)."""
    overdue = np.searchsorted(-np.array(OVERDUE_DAYS), due_day, side="right")
    bucket: Counts = np.where(due_day < 0, overdue, OVERDUE_BUCKETS + np.minimum(due_day, horizon)).astype(np.int64)
    return bucket


def arriving_jobs(
    dense: Dense, paths: SamplePaths, by_shift: NDArray[Any], unlocated_share: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """New jobs by slot, and jobs filed between the origin and the plan.

    by_shift: requests (C, A, H_paths, N, S). Returns (J, A, H, N, S) over the planned dates and (J, A, L, N, S)
    over the L days of paths before them (data that are some days old), both in jobs, unlocated share included.
    """
    days = [d.date() for d in paths.dates]
    first = days.index(dense.problem.dates[0]) if dense.problem.dates[0] in days else len(days)
    last = first + len(dense.problem.dates)
    if days[first:last] != list(dense.problem.dates):
        wanted = f"{dense.problem.dates[0]} to {dense.problem.dates[-1]}"
        raise ValueError(f"sample paths cover {days[0]} to {days[-1]}, not all of {wanted}")
    chosen = [paths.categories.index(w.category) for w in dense.work]
    factor = np.array(
        [jobs_per_request(w.conversion) * scale_for_unlocated(unlocated_share.get(w.category, 0.0)) for w in dense.work]
    )
    jobs = by_shift[chosen][:, :, :last] * factor[:, None, None, None, None]
    return jobs[:, :, first:], jobs[:, :, :first]


def opening_jobs(dense: Dense, backlog: pd.DataFrame, early: Floats) -> Floats:
    """Open jobs when the plan starts, (J, A, B), or (J, A, B, S) where days before the plan were forecast.

    Stale rows are left out (listed apart). Rows without a known area are spread over the areas as the located
    ones lie, evenly where none is located: never dropped. early: (J, A, L, N, S) as from `arriving_jobs`; nothing
    is known of work done on those days, so all of it counts as open.
    """
    j_axis, a_axis = len(dense.work), len(dense.problem.areas)
    opening = np.zeros((j_axis, a_axis, buckets(dense)))
    for j, work in enumerate(dense.work):
        rows = live_rows(backlog, work.category)
        opening[j] = located(dense, rows, j, np.ones((len(rows), 1)))[..., 0] * jobs_per_request(work.conversion)
    return _with_early(dense, opening, early)


def live_rows(backlog: pd.DataFrame, category: str) -> pd.DataFrame:
    """Of a category those that are not stale."""
    live = backlog[~backlog["is_stale"].astype(bool)]
    return live[live["category"] == category]


def located(dense: Dense, rows: pd.DataFrame, j: int, part: Floats) -> Floats:
    """Requests of one category by area, bucket and part, (A, B, P). part: (n, P) of each row."""
    problem = dense.problem
    area = pd.Index([a.area for a in problem.areas]).get_indexer(pd.Index(rows["area"]))
    bucket = bucket_of(_due_day(dense, rows, j), len(problem.dates))
    counts = np.zeros((len(problem.areas), buckets(dense), part.shape[1]))
    known = area >= 0
    np.add.at(counts, (area[known], bucket[known]), part[known])
    total = counts.sum()
    share = counts.sum(axis=(1, 2)) / total if total else np.full(len(counts), 1 / len(counts))
    unlocated = np.zeros(counts.shape[1:])
    np.add.at(unlocated, bucket[~known], part[~known])
    spread: Floats = counts + share[:, None, None] * unlocated[None]
    return spread


def _due_day(dense: Dense, rows: pd.DataFrame, j: int) -> Counts:
    """Local due date in days after the first planned date; the hours in force when filed where a row has none."""
    work = dense.work[j]
    hours = pd.to_timedelta(
        due_hours_by_row(work.queue or work.event, rows["created_at"], dense.problem.timezone), unit="h"
    )
    due = rows["due_at"].fillna(rows["created_at"] + hours)
    local = due.dt.tz_convert(dense.problem.timezone).dt.tz_localize(None).dt.normalize()
    days: Counts = (local - pd.Timestamp(dense.problem.dates[0])).dt.days.to_numpy(dtype=np.int64)
    return days


def _with_early(dense: Dense, opening: Floats, early: Floats) -> Floats:
    if early.shape[2] == 0:
        return opening
    full = np.repeat(opening[..., None], early.shape[-1], axis=-1)
    for day in range(early.shape[2]):
        at = early_buckets(dense, early, day)
        for j in range(at.shape[0]):
            for n in range(at.shape[1]):
                full[j, :, at[j, n]] += early[j, :, day, n]
    return full


def early_buckets(dense: Dense, early: Floats, day: int) -> Counts:
    """Due bucket of what is filed on one of the days before the plan, (J, N)."""
    ago = early.shape[2] - day
    due = due_days_on(dense.problem, dense.work, dense.problem.dates[0] - timedelta(days=ago)) - ago
    return bucket_of(due, len(dense.problem.dates))


def minutes_per_job(dense: Dense, y: int, k: int, j: int | Counts, open_jobs: Floats, areas: Counts) -> Floats:
    """Mean minutes of one job when `open_jobs` (n, S) lie open in `areas` (n,), for a crew of type k from yard y.

    j: the category, or that of each row, (n,).

    A visit serves v = open jobs in the area, at least 1 and at most what a shift holds (F). It costs the drive out,
    v/F of the drive home, a first job at full minutes and v − 1 further ones at `nearby_factor` and the drive
    between stops, so a job takes fewer minutes where stops lie closer.
    """
    service, further = np.reshape(dense.service[k, j], (-1, 1)), np.reshape(dense.further[k, j], (-1, 1))
    fits = np.maximum(1.0, np.max(dense.net_minutes[:, k]) / further)
    visit = np.clip(open_jobs, 1.0, fits)
    drive = dense.drive[y, areas][:, None] * (1 + visit / fits)
    minutes: Floats = (drive + service + (visit - 1) * further) / visit
    return minutes
