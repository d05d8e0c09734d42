"""Whether the replay reproduces what was recorded: fitted before the window, tested in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from allocation.dense import dense
from allocation.evaluate.as_recorded import as_recorded, at_pace
from allocation.evaluate.calibration import Match, is_calibrated, matches, told
from allocation.evaluate.facts import Loaded
from allocation.evaluate.fit import Fitted, fit
from allocation.evaluate.jobs import Jobs, open_on
from allocation.evaluate.policy import History
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.waiting import remaining, weekmasks
from allocation.waits import Waits
from domain.panel import Floats
from domain.progress import Progress
from pipelines.job import Run, known_on_latest_map
from pipelines.steps.replay_facts import Course, course, due_days_in_force, history, loaded, recorded
from storage.backlog import open_requests
from storage.origin import MINIMUM_DAYS

LONGEST_DUE_DAYS = 60


@dataclass(frozen=True)
class Record:
    """The test: its quarters, what was fitted before, on what was filed from `first` to `last`, and what to tell."""

    matches: list[Match]
    fitted: Fitted
    told: str
    notes: list[str]
    first: date | None = None
    last: date | None = None

    @property
    def is_calibrated(self) -> bool:
        return is_calibrated(self.matches)

    @property
    def waits(self) -> Waits | None:
        """What policies are replayed, and plan, with: stated and fitted, where with them the replay reproduced the
        record."""
        return self.fitted.waits if self.is_calibrated else None


def against_record(run: Run, origins: Sequence[date], settings: ReplaySettings, progress: Progress) -> Record:
    """Replay the supervisor from `fit_days` before the window to its end, and compare with how requests closed."""
    before = _before(run, origins[0], settings)
    if len(before) < 4:
        return Record([], Fitted({}), "not calibrated: too little history before the window to fit on", [])
    last = origins[-1] + timedelta(days=settings.every_days)
    real = course(run, before[0] + timedelta(days=1), last, LONGEST_DUE_DAYS)
    plain = loaded(real.facts, known_on_latest_map(run, before[0]), None)
    in_force = changed(real.facts, due_days=due_days_in_force(real, real.facts.problem).clip(max=LONGEST_DUE_DAYS - 2))
    course_ = _Course(run, real, changed(plain, facts=in_force), settings)
    progress("fitting waits and pace on the days before")
    base = dense(real.facts.problem)
    fitted = fit(course_.recorded(before), base.work, weekmasks(base), lambda f: course_.replayed(before, f))
    rows = course_.replayed([*before, *origins], fitted)
    theirs = course_.recorded(origins)
    found = matches(theirs, rows[rows["filed"] > origins[0].toordinal()], settings.tolerance)
    return Record(found, fitted, told(found), _notes(theirs), before[0] + timedelta(days=1), origins[0])


def _notes(recorded: pd.DataFrame) -> list[str]:
    days = recorded[recorded["is_clerical"]]["closed"].nunique()
    return [f"{days} days of mass closing are taken as censored"] if days else []


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

    def recorded(self, origins: Sequence[date]) -> pd.DataFrame:
        """Requests filed in the weeks after `origins`, as seen at the end of the last."""
        last = origins[-1] + timedelta(days=self.settings.every_days)
        rows = recorded(self.real, self.one.windows.problem, last, self.settings.mass_closing)
        inside = (rows["filed"] > origins[0].toordinal()) & (rows["filed"] <= last.toordinal())
        return rows[inside]

    def replayed(self, origins: Sequence[date], fitted: Fitted) -> pd.DataFrame:
        one = at_pace(self.one, fitted)
        opening = opening_jobs(self.run, one, origins[0])
        rows = as_recorded(one, origins, opening, self._history, self.settings)
        return rows[rows["filed"] > origins[0].toordinal()]

    @cached_property
    def _came(self) -> tuple[tuple[date, ...], Floats]:
        """Counts as known at the end of all: this is no race of policies."""
        return history(known_on_latest_map(self.run, self.real.facts.problem.dates[-1]), self.one.windows.problem)

    def _history(self, one: Loaded, origin: date) -> History:
        dates, requests = self._came
        until = dates.index(origin) + 1
        return one.history(dates[:until], requests[..., :until])


def opening_jobs(run: Run, one: Loaded, origin: date) -> Jobs:
    """What was open at an origin, as known then, and since when crews could work on it."""
    first = origin + timedelta(days=1)
    found = open_on(one.windows.dense(first, 2, one.stations), open_requests(run.snapshot(), run.job.plan(), origin))
    waits = one.facts.waits
    return found if waits is None else remaining(waits, found, first.toordinal())


def fitted_days(record: Record) -> dict[str, dict[int, float]]:
    """Category -> working days -> share of its requests, where waits were fitted and crews cannot begin at once on
    all."""
    waits = record.fitted.waits
    found = {}
    for j, category in _fitted_rows(record):
        assert waits is not None
        found[category] = {int(d): float(waits.shares[j, d]) for d in np.flatnonzero(waits.shares[j])}
    return {category: days for category, days in found.items() if max(days) > 0}


def wait_days(record: Record) -> Mapping[str, dict[str, float]]:
    """Category -> median and 90th percentile of the fitted waits, in working days."""
    waits = record.fitted.waits
    found = {}
    for j, category in _fitted_rows(record):
        assert waits is not None
        found[category] = {"median": waits.days(j, 0.5), "p90": waits.days(j, 0.9)}
    return found


def _fitted_rows(record: Record) -> list[tuple[int, str]]:
    """Categories whose waits were fitted, with their rows; the others' are stated."""
    fitted = record.fitted
    return [(j, c) for j, c in enumerate(fitted.pace if fitted.waits else ()) if c not in fitted.stated]
