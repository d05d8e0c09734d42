"""Which of the open requests crews may not be able to begin on yet, in words for whoever holds a list of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from allocation.problem import Problem, WorkRule
from allocation.ready import open_ready_on
from allocation.waits import ordinals, waits_of
from allocation.work import live_rows

LIKELY = 0.5
LEAST = 0.05
"""Share of a day's open requests below which they are not told to wait."""
MOST_DAYS = 4
"""Days named; of more, the first and last."""


def may_wait(problem: Problem, backlog: pd.DataFrame) -> str:
    """A sentence for each kind of work of which some open requests wait on the plan's first date; empty where none do.

    backlog: open requests as `domain.tables.BACKLOG` has them.
    """
    told = [
        _sentence(problem, work, live_rows(backlog, work.category))
        for work in problem.work
        if work.is_crewed and work.waits is not None
    ]
    return " ".join(filter(None, told))


def _sentence(problem: Problem, work: WorkRule, rows: pd.DataFrame) -> str:
    waits, rule = waits_of([work]), work.waits
    if waits is None or rule is None or rows.empty:
        return ""
    filed = ordinals(rows["created_at"], problem.timezone)
    known = np.array([rule.filed.get(date.fromordinal(int(day)), 0.0) for day in filed])
    waiting = open_ready_on(waits, 0, filed, known, problem.dates[0].toordinal(), 1)[:, 1:].sum(axis=1)
    days = {date.fromordinal(int(day)): float(waiting[filed == day].mean()) for day in np.unique(filed)}
    some = [day for day, share in days.items() if share >= LEAST]
    if waiting.sum() < LIKELY or not some:
        return ""
    likely = [day for day in some if days[day] >= LIKELY] or [max(some, key=lambda day: (days[day], day))]
    most = f"likeliest those filed {_days(likely)}, hardly any filed before {_day(some[0])}"
    open_now = f"the {len(rows)} open {work.noun}"
    return f"About {waiting.sum():.0f} of {open_now} cannot be begun yet, which of them is not known: {most}."


def _days(days: list[date]) -> str:
    if len(days) > MOST_DAYS:
        return f"from {_day(days[0])} to {_day(days[-1])}"
    *first, last = [_day(day) for day in days]
    return f"on {', '.join(first)} and {last}" if first else f"on {last}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
