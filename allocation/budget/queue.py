"""Open work day by day over a year, for many staffings at once: a fluid queue with due dates.

Each shift, crews see the jobs open at its start, serve them in the order of the dispatch rule at the minutes a job
that the open jobs imply, then the shift's new jobs join, those that wait on the morning they are ready. At the end of
the day what was due and is open is late.
This is `allocation.dispatch` without yards and areas; how far the two differ is tested on a fortnight
(tests/allocation/budget/test_against_dispatch.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocation.budget.density import minutes_at
from allocation.budget.pool import Pool, Singles, absences
from allocation.dense import Counts
from domain.panel import Floats

TOGETHER = 12
"""Staffings that run at once: enough to spread the cost of a step, few enough for the cache."""


SLOWEST = 1e-6
"""Pace of work that weather stops: a shift then does a millionth of it."""


@dataclass(frozen=True)
class Firms:
    """Contractors F. limit: (H, F) jobs a day, over all their categories. price: (F, J) money a job, inf where a firm
    takes none of a category."""

    limit: Floats
    price: Floats

    def turns(self, late_cost: Floats) -> list[tuple[int, int]]:
        """(category, firm) in the order in which they are served: categories whose lateness costs most, (J,), first,
        each by its cheapest firm first."""
        return [
            (int(j), int(f))
            for j in np.argsort(-late_cost, kind="stable")
            for f in np.argsort(self.price[:, j], kind="stable")
            if np.isfinite(self.price[f, j])
        ]


@dataclass(frozen=True)
class Staffing:
    """crews: (H, K) whole crews of each type a day. firms: contractors that help, the same ones in staffings that run
    together.

    minutes, absence: factors on minutes a job and on the absence share, to see how far the answer moves.
    """

    crews: Counts
    firms: Firms | None = None
    overtime: bool = False
    minutes: float = 1.0
    absence: float = 1.0


@dataclass(frozen=True)
class Course:
    """What one staffing comes to, by period P. served, overtime (hours): (K, P, S). late (jobs that went past their due
    date), late_days (jobs late at a day's end, summed): (J, P, S). contracted: (F, J, P, S) jobs each firm took. end:
    (J, S) jobs open at the end."""

    served: Floats
    overtime: Floats
    late: Floats
    late_days: Floats
    contracted: Floats
    end: Floats


def due_jobs(pool: Pool) -> Floats:
    """Jobs that fall due by category and period, (J, P, S): the same for every staffing."""
    place = pool.place
    out = np.zeros((len(pool.work), len(pool.periods), len(pool.weight)))
    last = len(pool.dates)
    for b in range(1, pool.opening.shape[1]):
        if b - 1 < last:
            out[:, place[b - 1]] += pool.opening[:, b]
    for j in range(out.shape[0]):
        for n, wait in enumerate(pool.due_days[j]):
            for h in range(last - int(wait)):
                out[j, place[h + int(wait)]] += pool.arrivals[h, n, j]
    return out


def run(pool: Pool, staffings: Sequence[Staffing]) -> Iterator[Course]:
    """One course a staffing, in order."""
    for first in range(0, len(staffings), TOGETHER):
        yield from _Batch(pool, staffings[first : first + TOGETHER]).courses()


class _Batch:
    """The moving state of some staffings M run side by side."""

    def __init__(self, pool: Pool, staffings: Sequence[Staffing]) -> None:
        self.pool, self.staffings = pool, staffings
        self.place = pool.place
        m, k, j, p = len(staffings), len(pool.types), len(pool.work), len(pool.periods)
        size = len(pool.weight)
        self.open: Floats = np.repeat(pool.opening[None], m, axis=0)
        self.factor = np.array([s.minutes for s in staffings])
        self.pays_overtime = np.array([s.overtime for s in staffings], dtype=float)
        firms = next((s.firms for s in staffings if s.firms is not None), Firms(np.zeros((0, 0)), np.zeros((0, j))))
        none = np.zeros((len(pool.dates), len(firms.price)))
        self.limit = np.stack([none if s.firms is None else s.firms.limit for s in staffings])
        self.turns = firms.turns(pool.dense.late_cost)
        self.contracted = np.zeros((m, len(firms.price), j, p, size))
        self.served, self.overtime = np.zeros((m, k, p, size)), np.zeros((m, k, p, size))
        self.late, self.late_days = (np.zeros((m, j, p, size)) for _ in range(2))
        self.waiting = pool.waiting
        if self.waiting is not None:
            self.late += self.waiting.late
            self.late_days += self.waiting.late_days
        self.present = _present(pool, staffings)

    def courses(self) -> Iterator[Course]:
        for h in range(len(self.pool.dates)):
            self._join(h)
            for n in range(self.pool.net.shape[0]):
                self._shift(h, n)
            self._close(h)
        still = 0.0 if self.waiting is None else self.waiting.end
        for m in range(len(self.staffings)):
            yield Course(
                self.served[m], self.overtime[m], self.late[m], self.late_days[m], self.contracted[m],
                self.open[m].sum(axis=1) + still,
            )  # fmt: skip

    def _join(self, h: int) -> None:
        """In the morning jobs of days before become ready."""
        for j, b, jobs in self.waiting.joining[h] if self.waiting is not None else ():
            self.open[:, j, b] += jobs

    def _shift(self, h: int, n: int) -> None:
        pool = self.pool
        part = pool.works[h, n]  # (K,)
        if part.any():
            there = self.present[:, :, h] * part[None, :, None]  # (M, K, S)
            each = self._minutes()
            left = there * pool.net[n][None, :, None]
            for tier in pool.order:
                self._work(h, tier, left, each)
            if pool.overtime[n] > 0 and self.pays_overtime.any():
                self._extra(h, n, there, each)
        for j in range(len(pool.work)):
            came = pool.arrivals[h, n, j]
            if self.waiting is not None:
                came = came * self.waiting.at_once[j, h]
            self.open[:, j, 1 + int(pool.due_days[j, n])] += came

    def _extra(self, h: int, n: int, there: Floats, each: Floats) -> None:
        """Overtime on jobs that are overdue or due by tomorrow."""
        full = there * (self.pool.overtime[n] * self.pays_overtime)[:, None, None]
        left = full.copy()
        self._work(h, self.pool.order[0], left, each)
        self.overtime[:, :, self.place[h]] += (full - left) / 60

    def _minutes(self) -> Floats:
        """Minutes a job (M, K, J, S) at the jobs open now; 1 without the skill."""
        seen = self.open.sum(axis=2)
        each = np.ones((seen.shape[0], len(self.pool.types), *seen.shape[1:]))
        for k, j in np.argwhere(self.pool.dense.skilled):
            each[:, k, j] = minutes_at(self.pool.minutes[k, j], seen[:, j]) * self.factor[:, None]
        return each

    def _work(self, h: int, tier: tuple[tuple[Counts, Counts], ...], left: Floats, each: Floats) -> None:
        """Spend `left` (M, K, S) minutes down each type's cells, those with fewest skills first; changed in place."""
        for k in self._by_skills():
            j, b = tier[k]
            if not j.size or not left[:, k].any():
                continue
            jobs, minutes = self.open[:, j, b], each[:, k][:, j]
            if self.pool.pace is not None:
                minutes = minutes / np.maximum(self.pool.pace[h, k, j], SLOWEST)
            need = jobs * minutes
            before = np.cumsum(need, axis=1) - need
            used = np.clip(left[:, k, None] - before, 0.0, need)
            done = np.minimum(used / minutes, jobs)
            self.open[:, j, b] = jobs - done
            left[:, k] -= np.minimum(used.sum(axis=1), left[:, k])
            self.served[:, k, self.place[h]] += done.sum(axis=1)

    def _by_skills(self) -> list[int]:
        skills = self.pool.dense.skilled.sum(axis=1)
        return [int(k) for k in np.argsort(skills, kind="stable")]

    def _close(self, h: int) -> None:
        """The day ends: contractors take what would become late, the rest of it is late, all move a day on."""
        p = self.place[h]
        left = np.repeat(self.limit[:, h, :, None], self.open.shape[-1], axis=-1)
        for j, f in self.turns:
            taken = np.minimum(self.open[:, j, 1], left[:, f])
            self.open[:, j, 1] -= taken
            left[:, f] -= taken
            self.contracted[:, f, j, p] += taken
        self.late[:, :, p] += self.open[:, :, 1]
        self.open[:, :, 0] += self.open[:, :, 1]
        self.open[:, :, 1:-1] = self.open[:, :, 2:]
        self.open[:, :, -1] = 0.0
        self.late_days[:, :, p] += self.open[:, :, 0]


def _present(pool: Pool, staffings: Sequence[Staffing]) -> Singles:
    """Crews at work, (M, K, H, S): those on the roll less absence, none on days when snow takes the type."""
    days = np.arange(len(pool.dates))
    out: Singles = np.zeros((len(staffings), len(pool.types), len(days), len(pool.weight)), dtype=np.float32)
    for k in range(len(pool.types)):
        most = max(int(s.crews[:, k].max()) for s in staffings)
        for factor in sorted({s.absence for s in staffings}):
            away = absences(pool, k, most, factor)
            for m, staffing in enumerate(staffings):
                if staffing.absence == factor:
                    crews = staffing.crews[:, k]
                    out[m, k] = (crews[:, None] - away[crews, days]) * pool.duty[:, k]
    return out


def moved(staffing: Staffing, *, minutes: float = 1.0, absence: float = 1.0) -> Staffing:
    """The same crews where jobs take other minutes, or more or fewer stay away."""
    return replace(staffing, minutes=minutes, absence=absence)
