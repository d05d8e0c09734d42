"""What may be known at an origin, as dense arrays. Forecasters read these records and nothing else.

Axes are written in capitals: C categories, A areas, T days up to the origin, H days ahead,
S draws, P weather paths, V weather variables (`domain.words.WEATHER_VARIABLES`), O issue days.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.peaks import Peak
from domain.school import SchoolTerms

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """Daily counts as filed, dense over local days, the last day being the origin.

    counts: (C, A, T) requests a day. unlocated: (C, T) requests without an area. reported_share: (C, T) the part of a
    day's requests that is expected to be known by now, in (0, 1]; None where rows come at once or nobody can tell.
    mended: (C, T) days whose counts are the usual ones in place of what was filed (`models.history.mended`); None where
    all are as filed.
    """

    dates: pd.DatetimeIndex
    areas: tuple[str, ...]
    categories: tuple[str, ...]
    counts: Ints
    unlocated: Ints
    reported_share: Floats | None = None
    mended: NDArray[np.bool_] | None = None

    def share_of(self, category: str) -> Floats:
        """Expected reported share of one category's days, (T,): ones where it is not known."""
        if self.reported_share is None:
            return np.ones(len(self.dates))
        of_category: Floats = self.reported_share[self.categories.index(category)]
        return of_category

    def of(self, category: str) -> Ints:
        """Counts of one category, (A, T)."""
        of_category: Ints = self.counts[self.categories.index(category)]
        return of_category


@dataclass(frozen=True)
class Weather:
    """Observed daily weather up to the origin: values (T_w, V), NaN where a source lacks it."""

    dates: pd.DatetimeIndex
    values: Floats


def last_given(weather: Weather) -> date:
    """The last day with any value: the days after it up to the origin are unknown."""
    given = np.flatnonzero(~np.isnan(weather.values).all(axis=1))
    last: date = weather.dates[given[-1]].date()
    return last


@dataclass(frozen=True)
class IssuedWeather:
    """Archived issued forecasts known by the origin.

    origins: (O,) issue days, ascending. values: (O, L, V) for leads 1..L, NaN where not issued.
    """

    origins: pd.DatetimeIndex
    values: Floats


@dataclass(frozen=True)
class LaterWeather:
    """What is known of the weather after the origin, where the requests lag days or weeks behind it.

    weather: the history on to the last day known, which lies after the origin, NaN where a source lacks it.
    issued: archived forecasts known by then; None where there is none for the days ahead.
    """

    weather: Weather
    issued: IssuedWeather | None


@dataclass(frozen=True)
class AreaMap:
    """Areas in the order of every A axis.

    district: (A,) names. population, lat, lon: (A,), NaN where unknown.
    neighbours: (A, A) bool, symmetric, no diagonal; all False where there is no geometry.
    """

    names: tuple[str, ...]
    district: tuple[str, ...]
    population: Floats
    lat: Floats
    lon: Floats
    neighbours: NDArray[np.bool_]

    @property
    def districts(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.district)))


@dataclass(frozen=True)
class Places:
    """Located requests known by the origin, for the predictive worklist: one row a request.

    Columns: category, area, date (local day), lat, lon.
    """

    table: pd.DataFrame


@dataclass(frozen=True)
class Known:
    """Everything that was known at the end of local day `as_of`; `origin` is the last complete day.

    holidays: local date -> name, over history and at least 60 days beyond the origin.
    hours: (C, 7, 4, 24) requests by local weekday (0 Monday), season (0 Dec-Feb, 1 Mar-May, 2 Jun-Aug,
    3 Sep-Nov) and local hour filed; None where rows have dates only.
    weather and issued are None where the city has none (a labelled mode, never a silent one).
    later: the weather since the origin, where the origin lies further back than usual.
    school, events: terms, and local date -> name, where the YAML names files of them; as known now, as holidays are.
    peaks: named days that brought a category many times the usual every year, on the record that it is learnt from.
    """

    city: str
    as_of: date
    origin: date
    demand: Demand
    areas: AreaMap
    holidays: dict[date, str]
    weather: Weather | None
    issued: IssuedWeather | None
    hours: Ints | None = None
    places: Places | None = None
    modes: tuple[str, ...] = field(default=())
    later: LaterWeather | None = None
    school: SchoolTerms | None = None
    events: dict[date, str] | None = None
    peaks: tuple[Peak, ...] = ()

    @property
    def newest_weather(self) -> Weather | None:
        """Observed weather to the last day known, be it after the origin."""
        return self.weather if self.later is None else self.later.weather

    @property
    def newest_issued(self) -> IssuedWeather | None:
        """Issued forecasts as of the last day known."""
        return self.issued if self.later is None else self.later.issued


@dataclass(frozen=True)
class WeatherPaths:
    """An ensemble of daily weather over the days after the origin.

    dates: (H,). values: (P, H, V), complete where the history is. weight: (P,), sums to 1.
    source: (P,) first day of the past stretch a path was taken from, for the reader.
    kind: as in `models.weather_ensemble`, "climatology" or how issued forecasts were used. issued_days: how many
    archived forecasts there are whose outcome was known by the origin.
    """

    dates: pd.DatetimeIndex
    values: Floats
    weight: Floats
    source: tuple[str, ...]
    kind: str
    issued_days: int = 0

    def first(self, days: int) -> WeatherPaths:
        """The same paths, cut to their first `days` days."""
        return replace(self, dates=self.dates[:days], values=self.values[:, :days])

    def only(self, paths: Ints) -> WeatherPaths:
        """The named paths in the order given, their weights summing to 1."""
        weight = self.weight[paths]
        source = tuple(self.source[p] for p in paths)
        return replace(self, values=self.values[paths], weight=weight / weight.sum(), source=source)


@dataclass(frozen=True)
class Draws:
    """The joint index shared by all areas, categories and days: draw s rides on one weather path.

    weather_path_id: (S,). weight: (S,), sums to 1.
    """

    seed: int
    weather_path_id: Ints
    weight: Floats

    @property
    def size(self) -> int:
        return len(self.weight)


@dataclass(frozen=True)
class SamplePaths:
    """The forecast: whole numbers, never negative. samples: (C, A, H, S) requests a day."""

    origin: date
    dates: pd.DatetimeIndex
    areas: tuple[str, ...]
    categories: tuple[str, ...]
    samples: Ints
    draws: Draws

    def of(self, category: str) -> Ints:
        """Samples of one category, (A, H, S)."""
        of_category: Ints = self.samples[self.categories.index(category)]
        return of_category

    def days(self, first: int, last: int) -> SamplePaths:
        """The same draws for days `first` up to, not including, `last` (0 is the first day ahead)."""
        return replace(self, dates=self.dates[first:last], samples=self.samples[:, :, first:last])
