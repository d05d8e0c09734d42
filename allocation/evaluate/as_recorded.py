"""The replay that is held against the record: the supervisor's weeks, with what came and what was fitted before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from allocation.evaluate.cases import closed_rows
from allocation.evaluate.facts import Loaded
from allocation.evaluate.fit import Fitted
from allocation.evaluate.jobs import Jobs, bucketed
from allocation.evaluate.policies.supervisor import POLICY
from allocation.evaluate.policy import History, View
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.week import Played, Rules, play
from allocation.evaluate.window import Windows
from allocation.evaluate.workload import scaled

HistoryOf = Callable[[Loaded, date], History]


def at_pace(loaded: Loaded, fitted: Fitted) -> Loaded:
    """The same requests with the fitted waits, each so many jobs as crews at that pace see in it."""
    factor = {category: 1 / pace for category, pace in fitted.pace.items()}
    facts = loaded.facts.waiting(fitted.waits)
    return replace(loaded, facts=facts, windows=Windows(scaled(facts.problem, factor)))


def as_recorded(
    loaded: Loaded, origins: Sequence[date], open_jobs: Jobs, history_of: HistoryOf, settings: ReplaySettings
) -> pd.DataFrame:
    """Requests as they would have been closed under the supervisor, rows of `closing`."""
    last = origins[-1] + timedelta(days=settings.every_days)
    return closed_rows(loaded, _weeks(loaded, origins, open_jobs, history_of, settings), last)


def _weeks(
    loaded: Loaded, origins: Sequence[date], open_jobs: Jobs, history_of: HistoryOf, settings: ReplaySettings
) -> Iterator[list[Played]]:
    rules = Rules("moved", settings.rain_call_in_mm)
    for origin in origins:
        first = origin + timedelta(days=1)
        dense = loaded.dense(first, settings.commit_days, loaded.stations)
        workable, _ = open_jobs.parted(first.toordinal())
        opening, _ = bucketed(dense, workable, first.toordinal())
        view = View(
            loaded.windows, first, settings.commit_days, loaded.stations, opening, history_of(loaded, origin), None,
            loaded.everyday, settings.crews_change_yard, settings.seed,
        )  # fmt: skip
        played = play(loaded, POLICY.roster(view), open_jobs, settings.every_days, rules)
        open_jobs = played[-1].done.open
        yield played
