"""What really happened over the replayed days, and what is common to all policies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from allocation.dense import Bools, Dense
from allocation.evaluate.policy import Believed, History
from allocation.evaluate.window import Stations, Windows
from allocation.evaluate.workload import regular_minutes
from allocation.problem import Problem
from allocation.waits import Waits, waits_of, with_waits
from allocation.work import jobs_per_request
from domain.panel import Floats, WeatherPaths


@dataclass(frozen=True)
class Facts:
    """problem: over all replayed days and a roster beyond. requests: (J, A, T, N) that came on its dates, by shift,
    those without an area spread over all. duty: (T, K) whether a type was there. rain_mm: what was issued the evening
    before for each date; missing where nothing was. due_days: (J, T) days to the due time in force, or None for the
    category's. pace: (T, K, J) what each day's weather let crews do (`allocation.work_weather`), None without rules."""

    problem: Problem
    requests: Floats
    duty: Bools
    rain_mm: dict[date, float]
    due_days: Floats | None = None
    pace: Floats | None = None

    def at(self, day: date) -> int:
        return self.problem.dates.index(day)

    @property
    def waits(self) -> Waits | None:
        """When crews can work on what is filed; None: at once."""
        return waits_of([w for w in self.problem.work if w.is_crewed])

    def waiting(self, waits: Waits | None) -> Facts:
        """The same requests with other waits."""
        return replace(self, problem=with_waits(self.problem, waits))


@dataclass(frozen=True)
class Ahead:
    """Requests ahead of an origin as a forecast has them. by_shift: (J, A, H, N, S) requests. weight: (S,).
    pace: (H, K, J, S) what each draw's weather lets crews do, None without rules."""

    by_shift: Floats
    weight: Floats
    duty: Bools
    weather: WeatherPaths | None
    pace: Floats | None = None

    def mean(self) -> Ahead:
        """The one future that is the mean of all; crews leave where they would more often than not."""
        duty = (self.duty @ self.weight >= 0.5)[..., None]
        pace = None if self.pace is None else (self.pace @ self.weight)[..., None]
        return replace(self, by_shift=(self.by_shift @ self.weight)[..., None], weight=np.ones(1), duty=duty, pace=pace)

    def in_order(self) -> Ahead:
        """The same numbers in C order, as they come back from disk: sums in another order round otherwise, and a
        solver may then choose another of two equal plans."""
        by_shift, weight = np.ascontiguousarray(self.by_shift), np.ascontiguousarray(self.weight)
        pace = None if self.pace is None else np.ascontiguousarray(self.pace)
        return replace(self, by_shift=by_shift, weight=weight, duty=np.ascontiguousarray(self.duty), pace=pace)

    def first(self, draws: int) -> Ahead:
        """At most so many draws, evenly picked; their weights sum to 1."""
        size = len(self.weight)
        if size <= draws:
            return self
        at = np.arange(draws) * size // draws
        weight = self.weight[at] / self.weight[at].sum()
        pace = None if self.pace is None else self.pace[..., at]
        return replace(self, by_shift=self.by_shift[..., at], weight=weight, duty=self.duty[..., at], pace=pace)


@dataclass(frozen=True)
class Loaded:
    """The facts at one load: the same requests, each so many jobs. usual: (J, D) everyday requests a district."""

    load: float
    factor: float
    facts: Facts
    windows: Windows
    stations: Stations
    usual: Floats

    @property
    def each(self) -> Floats:
        """Jobs a request, (J,)."""
        return np.array([jobs_per_request(w.conversion) for w in self.windows.problem.work if w.is_crewed])

    @property
    def everyday(self) -> dict[str, Floats]:
        """`usual` by category."""
        categories = [w.category for w in self.windows.problem.work if w.is_crewed]
        return dict(zip(categories, self.usual, strict=True))

    def jobs(self, day: date) -> Floats:
        """Jobs filed that day, (J, A, N)."""
        filed: Floats = self.facts.requests[:, :, self.facts.at(day)] * self.each[:, None, None]
        return filed

    def dense(self, day: date, days: int, stations: Stations) -> Dense:
        """The window from a day on, its jobs due as they were in force that day."""
        built = self.windows.dense(day, days, stations)
        if self.facts.due_days is None:
            return built
        due = np.repeat(self.facts.due_days[:, self.facts.at(day), None], built.due_days.shape[1], axis=1)
        due = np.minimum(due.astype(np.int64), days - 1)
        return replace(built, due_by_date=np.repeat(due[None], len(built.due_by_date), axis=0))

    def spare_minutes(self, first: date, days: int) -> float:
        """Minutes a day that regular crews have beside the mean work of this load; none at a load of 1 and more."""
        return regular_minutes(self.windows.dense(first, days, self.stations)) / days * (1 - self.load)

    def believed(self, ahead: Ahead) -> Believed:
        categories = [w.category for w in self.windows.problem.work if w.is_crewed]
        requests = {c: ahead.by_shift[j].sum(axis=2) for j, c in enumerate(categories)}
        arrivals = ahead.by_shift * self.each[:, None, None, None, None]
        return Believed(arrivals, requests, ahead.weight, ahead.duty, ahead.weather, ahead.pace)

    def history(self, dates: tuple[date, ...], requests: Floats) -> History:
        """requests: (J, A, T) known at the origin."""
        return History(dates, requests * self.each[:, None, None])


def came(facts: Facts, first: date, days: int) -> Ahead:
    """What was really filed, as a belief of one draw."""
    at = facts.at(first)
    span = slice(at, at + days)
    pace = None if facts.pace is None else facts.pace[span, ..., None]
    return Ahead(facts.requests[:, :, span, :, None], np.ones(1), facts.duty[span, :, None], None, pace)
