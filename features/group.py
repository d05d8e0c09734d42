"""What a feature group is. One file in `features/groups/` adds one, by exposing the constant `GROUP`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import AreaMap, Floats, Ints
from domain.words import HOURLY_VARIABLES

Grain = Literal["origin", "origin_weekday", "origin_area", "date", "area"]
Need = Literal["weather", "hours", "school", "events"]
"""What only some cities have: weather, weather by the hour, a file of school terms, one of events."""
HOURS_FROM_SHARE = 0.8
"""Days of the history whose hours must be known; then weather paths are taken from such days alone."""


@dataclass(frozen=True)
class Inputs:
    """What groups read: one category of one city.

    counts: (A, T) up to the last known day; fractions where rows come late (`features.nowcast`) or in a made-up steady
    history. dates: (T,). calendar: (D,) all days a feature may be about, starting at dates[0] and running to the last
    day forecast. weather: (D, V) observed where known, one path's values after; None without weather. holidays: (D,).
    in_term: (D,) 1 in a school term, 0 between terms, NaN unknown; None where the city names no file of them. events:
    (D,), likewise.
    A group about weather keeps days on axis 0 and works element by element on the rest, so that it may be
    given (D, V, P) and answers (D, P): P weather paths then cost about as much as one.
    """

    counts: Ints | Floats
    dates: pd.DatetimeIndex
    calendar: pd.DatetimeIndex
    holidays: NDArray[np.bool_]
    weather: Floats | None
    areas: AreaMap
    in_term: Floats | None = None
    events: NDArray[np.bool_] | None = None

    @property
    def has(self) -> frozenset[Need]:
        """What the city has of what a group may need."""
        there: dict[Need, bool] = {
            "weather": self.weather is not None,
            "hours": self.weather is not None and self._hours_known(self.weather) >= HOURS_FROM_SHARE,
            "school": self.in_term is not None,
            "events": self.events is not None,
        }
        return frozenset(need for need, is_there in there.items() if is_there)

    def _hours_known(self, weather: Floats) -> float:
        known = np.isfinite(weather[: self.counts.shape[1], -len(HOURLY_VARIABLES) :])
        return float(known.all(axis=1).mean())


@dataclass(frozen=True)
class FeatureGroup:
    """One block of features.

    build(inputs) returns columns -> values, whose shape follows the grain:
      origin       (T,)     what is known at the end of day t about the city
      origin_weekday  (T, 7)  what is known at the end of day t about each weekday (0 Monday) of the city;
                              a row reads the weekday of the day forecast
      origin_area  (A, T)   what is known at the end of day t about an area
      date         (D,)     facts about the day forecast (calendar, weather of that day and before)
      area         (A,)     facts that do not move
    An origin, origin_weekday or origin_area value at t may read counts[:, : t + 1] only: the canary test
    alters the rest. A date value may read that day, the days after it in the calendar for holidays and events only, and
    weather up to `features.build.LOOKBACK_DAYS` days before it.
    needs: left out where a city lacks any of it.
    season_columns: demand columns that tell the season; they stay when recent demand is set to its reference.
    unsteady_columns: demand columns that a steady history cannot show (days since the last request); set to their
    mean over the last 364 days then. `models.reference` asks for both.
    """

    name: str
    grain: Grain
    columns: tuple[str, ...]
    build: Callable[[Inputs], dict[str, Floats]]
    needs: frozenset[Need] = frozenset()
    season_columns: tuple[str, ...] = ()
    unsteady_columns: tuple[str, ...] = ()
