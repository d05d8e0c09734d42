"""The day forecast: weekday, holidays and the days beside them, season, place in the month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats
from features.group import FeatureGroup, Inputs

FAR_DAYS = 5
COLUMNS = (
    "weekday",
    "is_weekend",
    "is_holiday",
    "is_holiday_eve",
    "is_after_holiday",
    "days_to_holiday",
    "year_sin",
    "year_cos",
    "half_year_sin",
    "half_year_cos",
    "day_of_month",
    "days_to_month_end",
)


def beside(holidays: NDArray[np.bool_], days: int) -> NDArray[np.bool_]:
    """True where a holiday lies `days` days ahead (negative: ago); False beyond the calendar's ends."""
    out = np.zeros_like(holidays)
    if days >= 0:
        out[: len(out) - days] = holidays[days:]
    else:
        out[-days:] = holidays[:days]
    return out


def nearest(holidays: NDArray[np.bool_]) -> Floats:
    """Signed days to the nearest holiday (positive: ahead; ties: ahead), FAR_DAYS where further, 0 on one."""
    out = np.full(len(holidays), float(FAR_DAYS))
    for gap in range(FAR_DAYS - 1, -1, -1):
        out[beside(holidays, -gap)] = -gap
        out[beside(holidays, gap)] = gap
    return out


def build(inputs: Inputs) -> dict[str, Floats]:
    days, holidays = inputs.calendar, inputs.holidays
    weekday = np.asarray(days.day_of_week, dtype=np.float64)
    angle = 2 * np.pi * (np.asarray(days.day_of_year, dtype=np.float64) - 1) / 365.25
    return {
        "weekday": weekday,
        "is_weekend": (weekday >= 5).astype(np.float64),
        "is_holiday": holidays.astype(np.float64),
        "is_holiday_eve": beside(holidays, 1).astype(np.float64),
        "is_after_holiday": beside(holidays, -1).astype(np.float64),
        "days_to_holiday": nearest(holidays),
        "year_sin": np.sin(angle),
        "year_cos": np.cos(angle),
        "half_year_sin": np.sin(2 * angle),
        "half_year_cos": np.cos(2 * angle),
        "day_of_month": np.asarray(days.day, dtype=np.float64),
        "days_to_month_end": np.asarray(days.days_in_month - days.day, dtype=np.float64),
    }


GROUP = FeatureGroup(name="calendar", grain="date", columns=COLUMNS, build=build)
