"""Jobs of a year that crews cannot begin on at once: when they can, and what falls due before. The same for every
staffing, so it is reckoned once. What is open when the year begins is taken to be ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.dense import Counts
from allocation.ready import Ready
from domain.panel import Floats

Joining = tuple[tuple[int, int, Floats], ...]
"""Category, due bucket of the budget's own, jobs (S,)."""


@dataclass(frozen=True)
class Waiting:
    """at_once: (J, H) of the jobs filed on a date that crews can work on then. joining: by date, from its morning on.

    Of those that wait, by category and period, (J, P, S): late, those that fall due meanwhile; late_days, those past
    due at a day's end, summed. end: (J, S) those that wait still at the last day's end.
    """

    at_once: Floats
    joining: tuple[Joining, ...]
    late: Floats
    late_days: Floats
    end: Floats


def waiting_over(ready: Ready, arrivals: Floats, due_days: Counts, place: Sequence[int], periods: int) -> Waiting:
    """arrivals: (H, N, J, S) jobs as filed. due_days: (J, N). place: (H,) period of each date."""
    days, shifts, kinds, size = arrivals.shape
    at_once = np.einsum("jhh->jh", ready.share[:, :, :-1]).copy()
    joining: list[dict[tuple[int, int], Floats]] = [defaultdict(lambda: np.zeros(size)) for _ in range(days)]
    late, late_days = (np.zeros((kinds, periods, size)) for _ in range(2))
    end = np.zeros((kinds, size))
    for j, h in np.argwhere(at_once < 1 - 1e-12).tolist():
        still = np.maximum(1.0 - ready.share[j, h, :days].cumsum(), 0.0)  # (H,) at each day's end
        end[j] += arrivals[h, :, j].sum(axis=0) * still[-1]
        for n in range(shifts):
            jobs, due = arrivals[h, n, j], h + int(due_days[j, n])
            for day in (np.flatnonzero(ready.share[j, h, h + 1 : days]) + h + 1).tolist():
                joining[day][j, max(0, 1 + due - day)] += jobs * ready.share[j, h, day]
            if due < days:
                late[j, place[due]] += jobs * still[due]
            for day in range(due, days):
                if still[day] <= 1e-12:
                    break
                late_days[j, place[day]] += jobs * still[day]
    told = tuple(tuple((j, b, jobs) for (j, b), jobs in one.items()) for one in joining)
    return Waiting(at_once, told, late, late_days, end)
