"""Smooth bases of the day: season, calendar and weather, a block each, for a linear model of the log mean.

Axis 0 is the day. Weather values may carry paths as a last axis; the columns are then (D, P, K).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from domain.panel import Floats, Weather
from domain.school import SchoolTerms
from domain.words import WEATHER_VARIABLES
from features.history import bridged, lagged, window_sum
from models.weather_parts import FROST, RAIN, RAIN_SO_FAR, SNOW, SNOW_DEPTH, WARMTH, WIND

BLOCKS = ("season", "calendar", "weather")
LOOKBACK_DAYS = 61
"""No weather column looks further back; the live window starts so many days before the first day ahead."""
HARMONICS = 3
RAIN_LAGS = 7
HEAVY_MM = 20.0
HEAVY_LAGS = 4
WARM_C, COLD_C = 22.0, 5.0
ORDINARY_WEEKDAY = 2
WEATHER_PARTS = (
    *(RAIN, *[RAIN_SO_FAR] * (RAIN_LAGS - 1)),
    *(RAIN, *[RAIN_SO_FAR] * (HEAVY_LAGS - 1)),
    *[RAIN_SO_FAR] * 3,
    *[WARMTH] * 4,
    *[FROST] * 4,
    *(SNOW, SNOW, SNOW_DEPTH, WIND),
)
"""What each column of `weather` tells of."""
CALENDAR_COLUMNS = 9
"""Without events and school terms; theirs follow, in that order."""


def season(dates: pd.DatetimeIndex) -> Floats:
    """Three yearly harmonics, (D, 6)."""
    angle = 2 * np.pi * dates.day_of_year.to_numpy() / 365.25
    return np.stack([f(k * angle) for k in range(1, HARMONICS + 1) for f in (np.sin, np.cos)], axis=1)


def calendar(
    dates: pd.DatetimeIndex,
    holidays: Mapping[date, str],
    school: SchoolTerms | None = None,
    events: Mapping[date, str] | None = None,
) -> Floats:
    """Weekday against an ordinary Wednesday (six columns), holiday, the day before and after one, (D, 9).

    events: one column more. school: another, 0.5 on school days, −0.5 on working days between terms, 0 on others and
    where unknown.
    """
    weekday = dates.day_of_week.to_numpy()
    columns = [weekday == d for d in range(7) if d != ORDINARY_WEEKDAY]
    days = pd.DatetimeIndex(sorted(holidays)) if holidays else pd.DatetimeIndex([])
    columns += [np.asarray((dates + pd.Timedelta(days=k)).isin(days)) for k in (0, 1, -1)]
    if events is not None:
        columns.append(
            np.asarray(dates.isin(pd.DatetimeIndex(sorted(events)))) if events else np.zeros(len(dates), bool)
        )
    out: Floats = np.stack(columns, axis=1).astype(np.float64)
    if school is None:
        return out
    is_open = (weekday < 5) & ~np.asarray(dates.isin(days))
    term = np.where(is_open, np.nan_to_num(school.in_term(dates) - 0.5), 0.0)
    return np.concatenate([out, term[:, None]], axis=1)


def ordinary(columns: Floats, *, has_events: bool) -> Floats:
    """The columns of `calendar` on an ordinary Wednesday, no holiday or event near; school terms stay, as the season
    does."""
    out: Floats = columns.copy()
    out[:, : CALENDAR_COLUMNS + has_events] = 0.0
    return out


def weather(values: Floats) -> Floats:
    """Rain on the day and six days before, heavy rain, wet weeks, warmth, frost cycles, snow, wind: (D, [P,] K).

    NaN where a value or the days before it are missing. Amounts are logs: a day twice as wet adds the same again.
    """
    of = {name: values[:, v] for v, name in enumerate(WEATHER_VARIABLES)}
    rain, low, mean, high = (
        of[n] for n in ("precipitation_mm", "temperature_min_c", "temperature_mean_c", "temperature_max_c")
    )
    wet = np.log1p(np.maximum(rain, 0.0))
    heavy = np.maximum(wet - np.log1p(HEAVY_MM), 0.0)
    week = window_sum(mean, 7) / 7
    cycle = ((low < 0.0) & (high > 0.0)).astype(np.float64) + 0.0 * (low + high)  # NaN stays NaN
    columns = [lagged(wet, k) for k in range(RAIN_LAGS)]
    columns += [lagged(heavy, k) for k in range(HEAVY_LAGS)]
    columns += [np.log1p(window_sum(rain, days)) for days in (3, 14, 45)]
    columns += [mean - week, week, np.maximum(week - WARM_C, 0.0), np.maximum(COLD_C - week, 0.0)]
    columns += [np.log1p(window_sum(cycle, days)) for days in (3, 7, 21, 60)]
    columns += [np.log1p(of["snowfall_mm"]), np.log1p(window_sum(of["snowfall_mm"], 7)), np.log1p(of["snow_depth_mm"])]
    columns.append(of["wind_ms"])
    return np.stack(columns, axis=-1)


def observed(record: Weather, dates: pd.DatetimeIndex) -> Floats:
    """Observed values on `dates`, NaN where there are none, (D, V); short gaps and what comes after the last observed
    day are as a year before."""
    where = record.dates.get_indexer(dates)
    out: Floats = np.where((where >= 0)[:, None], bridged(record.values)[where], np.nan)
    return out


def weather_ahead(record: Weather, origin: date, paths: Floats) -> Floats:
    """Columns of the days after the origin under each path (P, H, V): (H, P, K), their past being what was observed."""
    past = pd.date_range(end=pd.Timestamp(origin), periods=LOOKBACK_DAYS, freq="D", unit="us")
    before = np.repeat(observed(record, past)[:, :, None], len(paths), axis=2)
    both = np.concatenate([before, paths.transpose(1, 2, 0)], axis=0)
    return weather(both)[LOOKBACK_DAYS:]
