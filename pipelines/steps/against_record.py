"""Whether the replay reproduces what was recorded: fitted before the window, tested in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, timedelta

import pandas as pd

from allocation.evaluate.closing import Match, is_calibrated, mass_closing_days, matches
from allocation.evaluate.facts import Loaded
from allocation.evaluate.jobs import Jobs, open_on
from allocation.evaluate.pace import as_recorded, fit_pace, told
from allocation.evaluate.policy import History
from allocation.evaluate.settings import ReplaySettings
from domain.progress import Progress
from pipelines.job import Run, known_on
from pipelines.steps.replay_facts import Course, closing_days, course, due_days_in_force, history, loaded, recorded
from storage.backlog import open_requests
from storage.origin import MINIMUM_DAYS

LONGEST_DUE_DAYS = 60


@dataclass(frozen=True)
class Record:
    """The test: its quarters, the pace fitted before, and what to tell."""

    matches: list[Match]
    pace: float
    told: str
    notes: list[str]

    @property
    def is_calibrated(self) -> bool:
        return is_calibrated(self.matches)


def against_record(run: Run, origins: Sequence[date], settings: ReplaySettings, progress: Progress) -> Record:
    """Replay the supervisor from `fit_days` before the window to its end, and compare with how requests closed."""
    before = _before(run, origins[0], settings)
    if len(before) < 4:
        return Record([], 1.0, "not calibrated: too little history before the window to fit on", [])
    last = origins[-1] + timedelta(days=settings.every_days)
    real = course(run, before[0] + timedelta(days=1), last, LONGEST_DUE_DAYS)
    plain = loaded(real.facts, known_on(run, before[0]), None)
    in_force = changed(real.facts, due_days=due_days_in_force(real, real.facts.problem).clip(max=LONGEST_DUE_DAYS - 2))
    one = changed(plain, facts=in_force)
    closed = closing_days(real, real.facts.problem)
    clerical = {c: mass_closing_days(days, settings.mass_closing) for c, days in closed.items()}
    course_ = _Course(run, real, one, settings, clerical)
    progress("fitting the pace of the crews")
    pace = fit_pace(course_.recorded(before), lambda p: course_.replayed(before, p))
    rows = course_.replayed([*before, *origins], pace)
    window = rows["filed"] > origins[0].toordinal()
    found = matches(course_.recorded(origins), rows[window], settings.tolerance)
    notes = (
        [f"{sum(map(len, clerical.values()))} days of mass closing are taken as censored"]
        if any(clerical.values())
        else []
    )
    return Record(found, pace, told(found), notes)


def _before(run: Run, first: date, settings: ReplaySettings) -> list[date]:
    """Origins before the window, so many days of them, as the history allows."""
    earliest = run.snapshot().meta.first_day + timedelta(days=MINIMUM_DAYS)
    steps = range(settings.fit_days // settings.every_days, 0, -1)
    days = [first - timedelta(days=settings.every_days * k) for k in steps]
    return [d for d in days if d >= earliest]


@dataclass(frozen=True)
class _Course:
    """The recorded and the replayed course over any stretch of weekly origins."""

    run: Run
    real: Course
    one: Loaded
    settings: ReplaySettings
    clerical: dict[str, set[int]]

    def recorded(self, origins: Sequence[date]) -> pd.DataFrame:
        """Requests filed in the weeks after `origins`, as seen at the end of the last."""
        last = origins[-1] + timedelta(days=self.settings.every_days)
        rows = recorded(self.real, self.one.windows.problem, last, self.clerical)
        inside = (rows["filed"] > origins[0].toordinal()) & (rows["filed"] <= last.toordinal())
        return rows[inside]

    def replayed(self, origins: Sequence[date], pace: float) -> pd.DataFrame:
        rows = as_recorded(self.one, origins, self._opening(origins[0]), self._history, self.settings, pace)
        return rows[rows["filed"] > origins[0].toordinal()]

    def _opening(self, origin: date) -> Jobs:
        backlog = open_requests(self.run.snapshot(), self.run.job.plan(), origin)
        return open_on(self.one.windows.dense(origin + timedelta(days=1), 2, self.one.stations), backlog)

    def _history(self, origin: date) -> History:
        """Counts up to an origin, as known at the end of all: this is no race of policies."""
        last = self.real.facts.problem.dates[-1]
        dates, requests = history(known_on(self.run, last), self.one.windows.problem)
        until = dates.index(origin) + 1
        return self.one.history(dates[:until], requests[..., :until])
