"""What waits, and what becomes ready, as jobs over a plan's dates: from open requests, and from requests to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from allocation.dense import Dense
from allocation.ready import open_ready_on, ready_on
from allocation.waits import ordinals
from allocation.work import OVERDUE_BUCKETS, early_buckets, jobs_per_request, live_rows, located, opening_jobs
from domain.panel import Floats


@dataclass(frozen=True)
class Waiting:
    """Jobs that crews cannot begin on at the end of each date, and those of them past their due date, (J, A, H, S)
    each. due: (J, A, H, S) those whose due date it is."""

    open: Floats
    late: Floats
    due: Floats

    @property
    def turned_late(self) -> Floats:
        """(J, H, S)."""
        jobs: Floats = self.due.sum(axis=1)
        return jobs


def parted_opening(dense: Dense, backlog: pd.DataFrame, early: Floats, weight: Floats) -> tuple[Floats, Dense]:
    """`opening_jobs` that crews can begin on, and the dense problem with those they cannot in its `ready`.

    Jobs filed between the data and the plan that still wait enter at their mean over the draws, weight (S,).
    """
    if dense.ready is None:
        return opening_jobs(dense, backlog, early), dense
    by_date = np.stack([_open_by_date(dense, live_rows(backlog, w.category), j) for j, w in enumerate(dense.work)])
    opening = by_date[:, :, :, 0].copy()
    if early.shape[2]:
        opening = np.repeat(opening[..., None], early.shape[-1], axis=-1)
        for day in range(early.shape[2]):
            _add_early(dense, opening, by_date, early, day, weight)
    by_date[:, :, :, 0] = 0.0
    waiting = np.ascontiguousarray(by_date.swapaxes(2, 3))
    return opening, replace(dense, ready=replace(dense.ready, waiting=waiting))


def _open_by_date(dense: Dense, rows: pd.DataFrame, j: int) -> Floats:
    """Open jobs of one category by area, bucket and the date from which crews can begin on them, (A, B, H + 1)."""
    assert dense.ready is not None
    problem, rule = dense.problem, dense.work[j].waits
    filed = ordinals(rows["created_at"], problem.timezone)
    known_on = rule.filed if rule else {}
    known = np.array([known_on.get(date.fromordinal(int(day)), 0.0) for day in filed])
    dates = len(problem.dates)
    part = open_ready_on(dense.ready.waits, j, filed, known, problem.dates[0].toordinal(), dates)
    return located(dense, rows, j, part) * jobs_per_request(dense.work[j].conversion)


def _add_early(dense: Dense, opening: Floats, by_date: Floats, early: Floats, day: int, weight: Floats) -> None:
    """Jobs of one of the days before the plan, those ready by its first date to each draw's own; in place."""
    assert dense.ready is not None
    first, at = dense.problem.dates[0].toordinal(), early_buckets(dense, early, day)
    filed = np.array([first - (early.shape[2] - day)])
    for j in range(at.shape[0]):
        ready = ready_on(dense.ready.waits, j, filed, first, len(dense.problem.dates))[0]
        for n in range(at.shape[1]):
            opening[j, :, at[j, n]] += early[j, :, day, n] * ready[0]
            by_date[j, :, at[j, n], 1:] += (early[j, :, day, n] @ weight)[:, None] * ready[1:]


def whole_opening(dense: Dense, opening: Floats) -> Floats:
    """Open jobs that crews can begin on with those that still wait, in the shape of `opening`, (J, A, B[, S])."""
    if dense.ready is None or dense.ready.waiting is None:
        return opening
    more = dense.ready.waiting.sum(axis=2)
    whole: Floats = opening + (more if opening.ndim == 3 else more[..., None])
    return whole


def still_waiting(dense: Dense, arrivals: Floats) -> Waiting | None:
    """What crews cannot begin on, by date; None where they can begin on all. arrivals: (J, A, H, N, S) as filed."""
    if dense.ready is None:
        return None
    j_axis, a_axis, dates, _, draws = arrivals.shape
    whole, late, turned = (np.zeros((j_axis, a_axis, dates, draws)) for _ in range(3))
    ends = np.arange(dates)
    for one in filed_together(dense, arrivals):
        waits = np.where(ends >= one.date, 1.0 - dense.ready.share[one.j, one.date].cumsum()[:dates], 0.0)
        left = one.jobs[:, None] * np.maximum(waits, 0.0)[None, :, None]
        due = one.bucket - OVERDUE_BUCKETS
        whole[one.j] += left
        late[one.j, :, due:] += left[:, due:]
        turned[one.j, :, due : due + 1] += left[:, due : due + 1]
    if dense.ready.waiting is not None:
        for h in ends:
            left = dense.ready.waiting[:, :, h + 1 :].sum(axis=2)
            whole[:, :, h] += left.sum(axis=2)[..., None]
            late[:, :, h] += left[:, :, : OVERDUE_BUCKETS + h + 1].sum(axis=2)[..., None]
            turned[:, :, h] += left[:, :, OVERDUE_BUCKETS + h, None]
    return Waiting(whole, late, turned)


@dataclass(frozen=True)
class Filed:
    """Jobs of category j, (A, S), filed on one date, as its position, that fall due together."""

    j: int
    date: int
    bucket: int
    jobs: Floats


def filed_together(dense: Dense, arrivals: Floats) -> list[Filed]:
    """Arrivals (J, A, H, N, S) by category, date and due bucket, where there are any."""
    found: dict[tuple[int, int, int], Floats] = {}
    horizon = arrivals.shape[2]
    for j, h, n in np.argwhere(arrivals.any(axis=(1, 4))).tolist():
        key = j, h, OVERDUE_BUCKETS + min(h + int(dense.due_by_date[h, j, n]), horizon)
        found[key] = found[key] + arrivals[j, :, h, n] if key in found else arrivals[j, :, h, n]
    return [Filed(*key, jobs) for key, jobs in found.items()]


def becoming_ready(dense: Dense, filed: list[Filed], h: int) -> Iterator[tuple[int, int, Floats]]:
    """(category, due bucket, jobs (A, S) or (A, 1)) that crews can begin on from date h, and could not before."""
    if dense.ready is None:
        return
    for one in filed:
        share = dense.ready.share[one.j, one.date, h]
        if one.date < h and share > 0:
            yield one.j, one.bucket, one.jobs * share
    if dense.ready.waiting is not None:
        own = dense.ready.waiting[:, :, h]
        for j, b in np.argwhere(own.any(axis=1)):
            yield int(j), int(b), own[j, :, b, None]


def workable(dense: Dense, arrivals: Floats) -> Floats:
    """Jobs by the slot after which crews can work on them, (J, A, H, N, S): what is ready in the morning counts to the
    last slot of the day before. The very same array where nothing waits."""
    if dense.ready is None:
        return arrivals
    at_once = np.einsum("jhh->jh", dense.ready.share[:, :, :-1])
    found: Floats = arrivals * at_once[:, None, :, None, None]
    filed = filed_together(dense, arrivals)
    for h in range(1, arrivals.shape[2]):
        for j, _, jobs in becoming_ready(dense, filed, h):
            found[j, :, h - 1, -1] += jobs
    return found


def ready_not_due(dense: Dense, opening: Floats, arrivals: Floats) -> Floats:
    """Of the jobs `workable` by the end of each date those that fall due later, (J, A, H, S), and all that are ready
    from the next morning: they are late no sooner. opening: (J, A, B, S)."""
    filed, dates = filed_together(dense, arrivals), arrivals.shape[2]
    ready = dense.ready
    assert ready is not None
    stock = np.broadcast_to(opening, (*opening.shape[:3], arrivals.shape[-1])).copy()
    later = np.zeros((*arrivals.shape[:3], arrivals.shape[-1]))
    for h in range(dates):
        for one in filed:
            if one.date == h:
                stock[one.j, :, one.bucket] += one.jobs * ready.share[one.j, h, h]
        later[:, :, h] = stock[:, :, OVERDUE_BUCKETS + h + 1 :].sum(axis=2)
        for j, bucket, jobs in becoming_ready(dense, filed, h + 1) if h + 1 < dates else ():
            stock[j, :, bucket] += jobs
            later[j, :, h] += jobs
    return later
