"""One plan's arrays together, as the tables of the plan read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts, Dense
from allocation.dispatch import Outcome
from allocation.solve import Roster
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats


@dataclass(frozen=True)
class Story:
    """dense, roster, held (H, N, Y, K), level (H, Y), outcome, value (H, N, Y, K) money a slot's crews avoid.

    open_now, late_now: (J, A) jobs when the plan starts. filed: (J, A, H) mean new jobs a day.
    snow_share: (H, K). weight: (S,). stopped: (H, K, J) weight of the draws in which weather stops a type's work.
    """

    dense: Dense
    roster: Roster
    held: Counts
    level: Counts
    outcome: Outcome
    value: Floats
    open_now: Floats
    late_now: Floats
    filed: Floats
    snow_share: Floats
    weight: Floats
    stopped: Floats | None = None

    @property
    def named_dates(self) -> int:
        return named_dates(self.dense)

    def open_before(self, h: int) -> tuple[Floats, Floats]:
        """Mean jobs open, and of these past due, when date h begins, (J, A) each."""
        if h == 0:
            return self.open_now, self.late_now
        return self.outcome.open_all[:, :, h - 1] @ self.weight, self.outcome.late_all[:, :, h - 1] @ self.weight

    def waiting_on(self, h: int) -> Floats:
        """Mean jobs filed before date h that crews cannot begin on that date, (J, A)."""
        found = np.zeros_like(self.open_now)
        ready = self.dense.ready
        if ready is None:
            return found
        still = 1.0 - ready.share[:, :h, : h + 1].sum(axis=2)  # (J, h)
        found += np.einsum("jah,jh->ja", self.filed[:, :, :h], still)
        if ready.waiting is not None:
            found += ready.waiting[:, :, h + 1 :].sum(axis=(2, 3))
        return found


def named_dates(dense: Dense) -> int:
    """How many dates from the first to the second working day, both included: areas are named on these."""
    working = np.flatnonzero(dense.worked.any(axis=(1, 2)))
    if not working.size:
        return 0
    return int(working[min(1, working.size - 1)]) + 1


def opening_means(opening: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Mean jobs open and past due when the plan starts, (J, A) each."""
    mean = opening @ weight if opening.ndim == 4 else opening
    return mean.sum(axis=2), mean[:, :, :OVERDUE_BUCKETS].sum(axis=2)
