"""Does the replay close requests as the city did? One figure is fitted before the window, all else is tested in it.

The figure is the pace: how much crews get out of a shift, against the minutes the city's YAML gives them. It is fitted
on the days before the window by trying a few, with the supervisor's roster; the quarters of the window are then a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from allocation.evaluate.cases import closed_rows
from allocation.evaluate.closing import Closing, Match, closings
from allocation.evaluate.facts import Loaded
from allocation.evaluate.jobs import Jobs, bucketed
from allocation.evaluate.policies.supervisor import POLICY
from allocation.evaluate.policy import Committed, History, View
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.week import Played, Rules, play

PACES = (0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
HistoryOf = Callable[[date], History]


def as_recorded(
    loaded: Loaded,
    origins: Sequence[date],
    open_jobs: Jobs,
    history_of: HistoryOf,
    settings: ReplaySettings,
    pace: float,
) -> pd.DataFrame:
    """Requests as they would have been closed under the supervisor at this pace, rows of `closing`."""
    last = origins[-1] + timedelta(days=settings.every_days)
    weeks = _weeks(loaded, origins, open_jobs, history_of, settings, pace)
    return closed_rows(loaded, weeks, last)


def _weeks(
    loaded: Loaded,
    origins: Sequence[date],
    open_jobs: Jobs,
    history_of: HistoryOf,
    settings: ReplaySettings,
    pace: float,
) -> Iterator[list[Played]]:
    rules = Rules("moved", settings.rain_call_in_mm, pace)
    committed: Committed | None = None
    for origin in origins:
        first = origin + timedelta(days=1)
        dense = loaded.dense(first, settings.commit_days, loaded.stations)
        opening, _ = bucketed(dense, open_jobs, first.toordinal())
        view = View(
            loaded.windows, first, settings.commit_days, loaded.stations, opening, history_of(origin), None,
            loaded.everyday, settings.crews_change_yard, settings.seed,
        )  # fmt: skip
        committed = POLICY.roster(view)
        played = play(loaded, committed, open_jobs, settings.every_days, rules)
        open_jobs = played[-1].done.open
        yield played


def fit_pace(recorded: pd.DataFrame, replay_at: Callable[[float], pd.DataFrame]) -> float:
    """The pace of PACES whose quarters lie nearest to the record; the first of equals."""
    theirs = closings(recorded)
    return min(PACES, key=lambda pace: _distance(theirs, closings(replay_at(pace))))


def _distance(theirs: dict[tuple[str, str], Closing], ours: dict[tuple[str, str], Closing]) -> float:
    """Mean absolute log ratio of days (plus one) and absolute difference of lateness, over shared quarters."""
    parts = []
    for key in theirs.keys() & ours.keys():
        one, other = theirs[key], ours[key]
        for days, their_days in ((one.median_days, other.median_days), (one.p90_days, other.p90_days)):
            parts.append(abs(_log_days(days) - _log_days(their_days)))
        parts.append(abs(float(np.nan_to_num(one.late_share)) - float(np.nan_to_num(other.late_share))))
    return float(np.mean(parts)) if parts else float("inf")


def _log_days(days: float) -> float:
    """A quantile beyond what was seen counts as a year."""
    return float(np.log1p(365.0 if np.isnan(days) else days))


def told(found: Sequence[Match]) -> str:
    """How the test went, in one sentence."""
    if not found:
        return "not calibrated: no quarter of the window holds requests enough to judge"
    good = sum(m.is_within for m in found)
    if good == len(found):
        return f"calibrated: all {good} categories and quarters lie within the stated error"
    return f"not calibrated: {good} of {len(found)} categories and quarters lie within the stated error"
