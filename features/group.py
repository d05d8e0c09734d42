"""What a feature group is. One file in `features/groups/` adds one, by exposing the constant `GROUP`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import AreaMap, Floats, Ints

Grain = Literal["origin", "origin_area", "date", "area"]


@dataclass(frozen=True)
class Inputs:
    """What groups read: one category of one city.

    counts: (A, T) up to the last known day, dates: (T,). calendar: (D,) all days a feature may be about,
    starting at dates[0] and running to the last day forecast. weather: (D, V) observed where known, one
    path's values after; None without weather. holidays: (D,) bool.
    """

    counts: Ints
    dates: pd.DatetimeIndex
    calendar: pd.DatetimeIndex
    holidays: NDArray[np.bool_]
    weather: Floats | None
    areas: AreaMap


@dataclass(frozen=True)
class FeatureGroup:
    """One block of features.

    build(inputs) returns columns -> values, whose shape follows the grain:
      origin       (T,)     what is known at the end of day t about the city
      origin_area  (A, T)   what is known at the end of day t about an area
      date         (D,)     facts about the day forecast (calendar, weather of that day and before)
      area         (A,)     facts that do not move
    An origin or origin_area value at t may read counts[:, : t + 1] only: the canary test alters the rest.
    needs_weather: left out where a city has none.
    """

    name: str
    grain: Grain
    columns: tuple[str, ...]
    build: Callable[[Inputs], dict[str, Floats]]
    needs_weather: bool = False
