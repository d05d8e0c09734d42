"""Daily weather: units, impossible values, repeats and gaps."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from domain.tables import WEATHER_COLUMNS
from domain.words import WEATHER_VARIABLES
from sources.rules import MISSING, LabelRules
from sources.validation.moments import read_times, to_days
from sources.validation.steps import Correction, Mask, correction, text

UNITS: dict[str, tuple[str, float, float]] = {
    "c": ("_c", 1.0, 0.0),
    "f": ("_c", 5 / 9, -160 / 9),
    "k": ("_c", 1.0, -273.15),
    "tenth_c": ("_c", 0.1, 0.0),
    "mm": ("_mm", 1.0, 0.0),
    "tenth_mm": ("_mm", 0.1, 0.0),
    "cm": ("_mm", 10.0, 0.0),
    "m": ("_mm", 1000.0, 0.0),
    "in": ("_mm", 25.4, 0.0),
    "ms": ("_ms", 1.0, 0.0),
    "tenth_ms": ("_ms", 0.1, 0.0),
    "kmh": ("_ms", 1 / 3.6, 0.0),
    "mph": ("_ms", 0.44704, 0.0),
    "kn": ("_ms", 1852 / 3600, 0.0),
}
"""Unit -> (ending of the variables it can be of, factor, offset): ours = written × factor + offset."""


OLDEST = pd.Timestamp("1850-01-01")
"""No weather was measured before: such a day is misread."""
ROUNDED_MM = 0.5
"""A day's rain and its hours may come from two files, each rounded its own way."""
FARTHEST = 60
ONE_DAY = pd.Timedelta(days=1)


class Days(NamedTuple):
    """frame: date (and origin), the variables, source. corrections: what was changed or left out."""

    frame: pd.DataFrame
    corrections: list[Correction]


def observed_days(raw: pd.DataFrame, rules: LabelRules, today: date) -> Days:
    """Rows whose `date` is a day up to today; the others left out and counted."""
    times = read_times(raw["date"], rules)
    day = to_days(times)
    faults = {
        "date cannot be read: row left out": (~times.read) | (day < OLDEST).to_numpy(),
        "weather observed after today: row left out": (day > pd.Timestamp(today)).to_numpy(),
    }
    return _kept(raw.assign(date=day), raw["date"], faults)


def issued_days(raw: pd.DataFrame, rules: LabelRules, today: date) -> Days:
    """Rows with an origin up to today and a day after it; the others left out and counted."""
    times = read_times(raw["origin"], rules)
    origin = to_days(times)
    if "date" in raw:
        day = to_days(read_times(raw["date"], rules))
    else:
        lead = pd.to_numeric(raw["lead_days"], errors="coerce").where(lambda x: x.abs() < 1000)
        day = origin + pd.to_timedelta(lead, unit="D")
    faults = {
        "origin or date cannot be read: row left out": (origin.isna() | day.isna() | (origin < OLDEST)).to_numpy(),
        "issued after today: row left out": (origin > pd.Timestamp(today)).to_numpy(),
        "forecast of a day that is not after its origin: row left out": (day <= origin).to_numpy(),
        f"forecast of a day over {FARTHEST} days ahead: row left out": (day > origin + FARTHEST * ONE_DAY).to_numpy(),
    }
    return _kept(raw.assign(origin=origin, date=day.astype(origin.dtype)), raw["origin"], faults)


def check_values(frame: pd.DataFrame, units: dict[str, str]) -> Days:
    """Numbers in our units; unreadable and impossible ones (bounds of `domain.tables`) become null."""
    notes: list[Correction | None] = []
    values: dict[str, pd.Series] = {}
    for name in WEATHER_VARIABLES:
        written = text(frame[name], MISSING) if name in frame else pd.Series(pd.NA, index=frame.index, dtype="str")
        _, factor, offset = UNITS[units[name]] if name in units else ("", 1.0, 0.0)
        value = pd.to_numeric(written, errors="coerce").astype(float) * factor + offset
        low, high = _bounds(name)
        bad = (written.notna() & ~((value >= low) & (value <= high))).to_numpy(dtype=bool)
        notes.append(correction(f"{name} unreadable or impossible: null", bad, written, None))
        values[name] = value.mask(bad)
    low_t, high_t = values["temperature_min_c"], values["temperature_max_c"]
    crossed = (low_t > high_t).to_numpy()
    notes.append(correction("lowest temperature above the highest: both null", crossed, low_t, high_t))
    values |= {"temperature_min_c": low_t.mask(crossed), "temperature_max_c": high_t.mask(crossed)}
    hour, rain = values["precipitation_max_hour_mm"], values["precipitation_mm"]
    above = (hour > rain + ROUNDED_MM).to_numpy()
    notes.append(correction("more rain in one hour than on the day: the hour's null", above, hour, rain))
    values["precipitation_max_hour_mm"] = hour.mask(above)
    return Days(frame.assign(**values), [n for n in notes if n is not None])


def one_a_day(frame: pd.DataFrame) -> Days:
    """One row a day (and origin), in order: the same again is dropped, of different ones the last wins."""
    key = [c for c in ("origin", "date") if c in frame]
    same = frame.duplicated([*key, *WEATHER_VARIABLES], keep="last").to_numpy()
    older = frame[~same].duplicated(key, keep="last").reindex(frame.index, fill_value=False).to_numpy()
    day = frame["date"].dt.strftime("%Y-%m-%d")
    notes = [
        correction("same day with the same weather: one kept", same, day, "once"),
        correction("same day with different weather: the last in the file kept", older, day, "once"),
    ]
    return Days(_sorted(frame[~(same | older)], key), [n for n in notes if n is not None])


def complete_mean(frame: pd.DataFrame) -> Days:
    """A mean temperature that is missing is the middle of lowest and highest (the usual climatological rule)."""
    middle = (frame["temperature_min_c"] + frame["temperature_max_c"]) / 2
    filled = (frame["temperature_mean_c"].isna() & middle.notna()).to_numpy()
    note = correction(
        "mean temperature missing: middle of lowest and highest", filled, frame["temperature_mean_c"], middle
    )
    whole = frame.assign(temperature_mean_c=frame["temperature_mean_c"].fillna(middle))
    return Days(whole, [] if note is None else [note])


def gaps(frame: pd.DataFrame) -> list[str]:
    """Sentences on the days missing between the first and the last."""
    if frame.empty:
        return ["observed weather: no usable day"]
    days = pd.DatetimeIndex(frame["date"])
    absent = pd.date_range(days[0], days[-1], freq="D").difference(days)
    if absent.empty:
        return []
    return [f"observed weather: {len(absent)} days missing between {days[0].date()} and {days[-1].date()}, "
            f"the last on {absent[-1].date()}"]  # fmt: skip


def _kept(frame: pd.DataFrame, shown: pd.Series, faults: dict[str, Mask]) -> Days:
    fine = np.ones(len(frame), dtype=bool)
    notes = []
    for rule, mask in faults.items():
        notes.append(correction(rule, mask & fine, shown, None))
        fine &= ~mask
    return Days(frame[fine].reset_index(drop=True), [n for n in notes if n is not None])


def _sorted(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return frame.sort_values(key, ignore_index=True)


def _bounds(name: str) -> tuple[float, float]:
    """Lowest and highest possible value, as the table's schema states them."""
    stated: dict[str, float] = {}
    for check in WEATHER_COLUMNS[name].checks or []:
        stated |= check.statistics
    return stated["min_value"], stated["max_value"]
