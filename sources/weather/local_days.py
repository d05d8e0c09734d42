"""Hours → local days, with a rule for how many hours a day must have before it says something."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from domain.words import WEATHER_VARIABLES
from sources.validation.steps import Mask

LONGEST_GAP_HOURS = 6
"""Temperatures further apart than this say little of the day's lowest and highest."""
FEWEST_WET_HOURS = 22
"""A sum over fewer hours than this would be too small."""
FEWEST_CROSSING_HOURS = 22
"""Of temperatures six hours apart nobody can tell how often they passed 0 °C in between."""


def local_days(hours: pd.DataFrame, zone: ZoneInfo, *, hours_before: int = 0) -> pd.DataFrame:
    """The variables by local day; snowfall and snow depth are null.

    hours: columns temp (°C), prcp (mm in the hour before) and wspd (km/h), by UTC-naive time. A day without a
    temperature at least every LONGEST_GAP_HOURS has none; rain needs FEWEST_WET_HOURS hours, crossings of 0 °C
    FEWEST_CROSSING_HOURS temperatures. hours_before: hours at the start of the first day that may be lacking all the
    same. A day of 23 or 25 hours counts as any other.
    """
    local = pd.DatetimeIndex(hours.index).tz_localize("UTC").tz_convert(zone)
    frame = hours.reindex(columns=["temp", "prcp", "wspd"]).astype(float).set_index(local.tz_localize(None))
    day = pd.DatetimeIndex(frame.index).normalize()
    rain_day = (pd.DatetimeIndex(frame.index) - pd.Timedelta(minutes=1)).normalize()  # midnight's rain fell before it
    temp, rain = frame["temp"].groupby(day), frame["prcp"].groupby(rain_day)
    whole = temp.apply(lambda t: _gap(t, hours_before if t.name == day.min() else 0) <= LONGEST_GAP_HOURS)
    wet = _many(rain.count(), FEWEST_WET_HOURS, day.min(), hours_before)
    dense = _many(temp.count(), FEWEST_CROSSING_HOURS, day.min(), hours_before)
    out = pd.DataFrame(
        {
            "temperature_min_c": temp.min().where(whole),
            "temperature_mean_c": temp.mean().where(whole),
            "temperature_max_c": temp.max().where(whole),
            "precipitation_mm": rain.sum(min_count=1).where(wet),
            "wind_ms": frame["wspd"].groupby(day).mean().where(whole) / 3.6,
            "precipitation_max_hour_mm": rain.max().where(wet),
            "freeze_thaw_crossings": temp.apply(_crossings).where(dense),
        }
    )
    return out.reindex(columns=list(WEATHER_VARIABLES)).rename_axis("date").dropna(how="all")


def _many(count: pd.Series, fewest: int, first: pd.Timestamp, hours_before: int) -> Mask:
    """Whether each day has hours enough; the first may lack some at its start."""
    lacking = np.where(count.index == first, hours_before, 0)
    enough: Mask = count.to_numpy() >= fewest - lacking
    return enough


def _crossings(temp: pd.Series) -> float:
    """How often the temperature passed from below 0 °C to 0 °C or more, or back, from hour to hour."""
    is_frost = temp.dropna().to_numpy() < 0
    return float((is_frost[1:] != is_frost[:-1]).sum())


def _gap(temp: pd.Series, hours_before: int) -> float:
    """Longest stretch of a local day without a temperature, in hours."""
    times = pd.DatetimeIndex(temp.dropna().index)
    if not len(times):
        return 24.0
    start = times[0].normalize()
    at = np.concatenate([[hours_before], (times - start) / pd.Timedelta(hours=1), [24.0]])
    return float(np.diff(at).max())
