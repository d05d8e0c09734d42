"""What a way of planning may see, and what it must answer: the one protocol behind which all of them stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, runtime_checkable

from allocation.dense import Bools, Counts, Dense
from allocation.evaluate.waiting import with_waiting
from allocation.evaluate.window import Stations, Windows
from domain.panel import Floats, WeatherPaths

Belief = Literal["none", "mean", "paths", "truth", "arrivals"]
"""What a policy is given about the days ahead: nothing, the mean of the forecast, its sample paths, the simulator's
own paths, or what really came."""


@dataclass(frozen=True)
class Believed:
    """Days ahead as one policy believes them. arrivals: (J, A, H, N, S) jobs. requests: category -> (A, H, S).

    weight: (S,), sums to 1. duty: (H, K, S) whether a type is there. weather: for the reasons of a level, or None.
    pace: (H, K, J, S) what weather lets crews do, None without rules.
    """

    arrivals: Floats
    requests: dict[str, Floats]
    weight: Floats
    duty: Bools
    weather: WeatherPaths | None
    pace: Floats | None = None


@dataclass(frozen=True)
class History:
    """Jobs that came, (J, A, T), over `dates` (T,) up to the origin, as they were known then."""

    dates: tuple[date, ...]
    jobs: Floats


@dataclass(frozen=True)
class View:
    """All a policy sees when it makes a roster: nothing that became known later, unless `believed` holds it.

    windows: dense arrays of the dates by crews. first, days: what the roster covers. stations: crews by yard as the
    city has them. opening: (J, A, B) open jobs under this policy that crews can work on; waiting: those that they
    cannot, as of `allocation.ready.Ready`. believed: None for policies that need nothing. everyday: category -> (D,)
    requests beyond which a day counts as an event, the same for all.
    """

    windows: Windows
    first: date
    days: int
    stations: Stations
    opening: Floats
    history: History
    believed: Believed | None
    everyday: dict[str, Floats]
    crews_change_yard: bool
    seed: int
    waiting: Floats | None = None

    @property
    def dense(self) -> Dense:
        """The window with the crews where the city has them."""
        return self.windows.dense(self.first, self.days, self.stations)

    def placed(self, stations: Stations) -> Dense:
        """The window with the crews at these yards, and what is open and waits."""
        return with_waiting(self.windows.dense(self.first, self.days, stations), self.waiting)


@dataclass(frozen=True)
class Committed:
    """A roster. stations: crews by yard and type, all of them. crews, held: (H, N, Y, K) on regular work and ready
    for events. overtime_hours: (H, N, Y, K). level: (J, D, H) index into `allocation.readiness.LEVELS`."""

    first: date
    stations: Stations
    crews: Counts
    held: Counts
    overtime_hours: Floats
    level: Counts


@runtime_checkable
class Policy(Protocol):
    """One way of planning. needs: what its views hold of the days ahead. calls_in_by_rain: readiness is called the
    evening before, where the issued forecast reaches the threshold, instead of with the roster."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def needs(self) -> Belief: ...

    @property
    def calls_in_by_rain(self) -> bool: ...

    def roster(self, view: View) -> Committed:
        """The roster of the view's dates."""
        ...
