"""A good supervisor: last year's roster by season and weekday, call-in when heavy rain is forecast for tomorrow.

The other half of the job, sending crews in the morning to where most is overdue, is `allocation.evaluate.moves`, which
all policies share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from allocation.evaluate.policy import Belief, Committed, History, View
from allocation.evaluate.rosters import by_past_work
from domain.panel import Floats

YEAR_DAYS = 365


@dataclass(frozen=True)
class Supervisor:
    name: str = "supervisor"
    title: str = "a good supervisor"
    needs: Belief = "none"
    calls_in_by_rain: bool = True

    def roster(self, view: View) -> Committed:
        return by_past_work(view, seasonal_mean(view.history, view.dense.problem.dates))


def season(day: date) -> int:
    """0 for December to February, and so on."""
    return day.month % 12 // 3


def seasonal_mean(history: History, days: Sequence[date]) -> Floats:
    """Jobs a day (J, A) of last year's days in the same season, weekdays in the proportion of `days`; all of the last
    year where it holds no such day."""
    recent = history.dates[-YEAR_DAYS:]
    jobs = history.jobs[..., -YEAR_DAYS:]
    means = []
    for day in days:
        same = [season(d) == season(day) and d.weekday() == day.weekday() for d in recent]
        means.append(jobs[..., np.array(same)].mean(axis=2) if any(same) else jobs.mean(axis=2))
    mean: Floats = np.mean(means, axis=0)
    return mean


POLICY = Supervisor()
