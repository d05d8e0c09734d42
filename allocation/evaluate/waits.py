"""Days before crews can begin: inspection, scheduling, parts, somebody else's work. Counted in days on which crews of
the category work, so that a request of Friday that takes two of them is not ready on Sunday."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.dense import Counts, Dense
from allocation.evaluate.jobs import EPOCH, Jobs
from domain.panel import Floats

Weekmask = tuple[bool, ...]
"""Weekdays, Monday first, on which crews with a category's skill work."""


@dataclass(frozen=True)
class Waits:
    """shares: (J, W) of a category's requests that crews can work on W working days after filing, each row sums to 1.
    weekmask: by category."""

    shares: Floats
    weekmask: tuple[Weekmask, ...]

    def spread(self, jobs: Jobs) -> Jobs:
        """Jobs filed today, parted by the day from which crews can work on them."""
        return self._parted(jobs, self.shares[jobs.category])

    def remaining(self, jobs: Jobs, day: int) -> Jobs:
        """Jobs open on the morning of ordinal `day`, parted as those that wait so long do: by the waits of at least
        their age; ready where nothing waits so long."""
        age = np.zeros(len(jobs), dtype=np.int64)
        for j, mask in enumerate(self.weekmask):
            own = jobs.category == j
            age[own] = working_days(jobs.filed[own], np.full(own.sum(), day - 1), mask)
        share = self.shares[jobs.category] * (np.arange(self.shares.shape[1]) > age[:, None])
        total = share.sum(axis=1)
        share[total <= 0, 0] = 1.0
        return self._parted(jobs, share / np.where(total > 0, total, 1.0)[:, None])

    def days(self, j: int, share: float) -> float:
        """Working days by which crews can work on that share of the category's requests."""
        return float(np.searchsorted(self.shares[j].cumsum(), share - 1e-9))

    def _parted(self, jobs: Jobs, share: Floats) -> Jobs:
        """share: (n, W) of each cohort."""
        at, days = np.nonzero(share)
        parted = jobs.take(at)
        ready = parted.filed.copy()
        for j, mask in enumerate(self.weekmask):
            own = parted.category == j
            ready[own] = _later(parted.filed[own], days[own], mask)
        return replace(parted, ready=ready, jobs=parted.jobs * share[at, days])


def weekmasks(dense: Dense) -> tuple[Weekmask, ...]:
    """Weekdays on which crews with each category's skill work on most dates; all where none works."""
    crews = np.einsum("hny,hyk,kj->hj", dense.worked.astype(float), dense.available.astype(float), dense.skilled) > 0
    weekday = np.array([d.weekday() for d in dense.problem.dates])
    masks = []
    for works in crews.T:
        mask = tuple(bool(works[weekday == d].mean() > 0.5) if (weekday == d).any() else False for d in range(7))
        masks.append(mask if any(mask) else (True,) * 7)
    return tuple(masks)


def working_days(first: Counts, last: Counts, mask: Weekmask) -> Counts:
    """Working days after ordinal `first` up to and with `last`."""
    found: Counts = np.busday_count(_dates(first + 1), _dates(last + 1), weekmask=list(mask))
    return found


def _later(first: Counts, days: Counts, mask: Weekmask) -> Counts:
    """The day so many working days after `first`; `first` itself for none."""
    if not len(first):
        return first
    then = np.busday_offset(_dates(first), days, roll="backward", weekmask=list(mask)).astype(np.int64) + EPOCH
    later: Counts = np.where(days > 0, then, first)
    return later


def _dates(ordinals: Counts) -> np.ndarray:
    return (np.asarray(ordinals) - EPOCH).astype("datetime64[D]")
