"""NOAA GHCN-Daily files (one station, all years, one row a day and element) → daily weather in our units.

Columns and units: GHCN-Daily by_station files and readme (NOAA NCEI).
"""

from __future__ import annotations

import zlib
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from domain.errors import SourceUnreadableError
from domain.words import WEATHER_VARIABLES
from sources.validation.steps import Correction
from sources.weather.bounds import gzip_fault

COLUMNS = ["id", "day", "element", "value", "mflag", "qflag", "sflag", "obs_time"]
ELEMENTS = {
    "TMIN": ("temperature_min_c", 0.1),
    "TAVG": ("temperature_mean_c", 0.1),
    "TMAX": ("temperature_max_c", 0.1),
    "PRCP": ("precipitation_mm", 0.1),
    "SNOW": ("snowfall_mm", 1.0),
    "SNWD": ("snow_depth_mm", 1.0),
    "AWND": ("wind_ms", 0.1),
}
MISSING = -9999
MORNING = 1200
"""An observation made before noon tells mostly of the day before."""

MOST_UNPACKED = 256 * 2**20
"""A station of 150 years and all elements has about 40 MB."""


class StationFile(NamedTuple):
    """days: the variables by date. corrections: values left out, counted. notes: said in every plan."""

    days: pd.DataFrame
    corrections: list[Correction]
    notes: list[str]


def read_station(path: Path, station: str, first: date, last: date) -> StationFile:
    """Days from `first` to `last`. Values with a quality flag are left out; a trace of rain is 0.

    Raises SourceUnreadableError for a file that is not whole, not of this form, of another station, or without a day.
    """
    rows = _rows(path)
    other = rows.loc[rows["id"] != station, "id"]
    if len(other):
        raise _unreadable(path, f"it holds rows of {other.iloc[0]}, not of {station}")
    rows = rows[rows["element"].isin(list(ELEMENTS))]
    day = pd.to_datetime(rows["day"], format="%Y%m%d", errors="coerce")
    value = pd.to_numeric(rows["value"], errors="coerce").replace(MISSING, np.nan)
    inside = (day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))
    flagged = inside & (rows["qflag"] != "") & value.notna()
    kept = inside & (rows["qflag"] == "") & value.notna()
    if not kept.any():
        raise _unreadable(path, f"it has no usable value between {first} and {last}")
    notes = []
    if flagged.any():
        example = rows.loc[flagged, ["day", "element", "value"]].iloc[0]
        notes.append(
            Correction("value that NOAA's quality check flags: left out", int(flagged.sum()), " ".join(example))
        )
    factor = rows.loc[kept, "element"].map(lambda e: ELEMENTS[e][1])
    used = rows[kept].assign(day=day[kept], value=(value[kept] * factor).round(1))
    wide = used.pivot_table(index="day", columns="element", values="value", aggfunc="last")
    days = (
        wide.rename(columns={e: ours for e, (ours, _) in ELEMENTS.items()})
        .rename_axis("date")
        .rename_axis(None, axis=1)
    )
    return StationFile(days.reindex(columns=list(WEATHER_VARIABLES)), notes, _morning(used, station))


def _morning(used: pd.DataFrame, station: str) -> list[str]:
    """A sentence where rain is read in the morning: it is dated as NOAA dates it, not moved."""
    rain = used[used["element"] == "PRCP"].tail(365)
    early = pd.to_numeric(rain["obs_time"], errors="coerce").between(1, MORNING)
    if len(rain) and early.mean() > 0.5:
        return [f"station {station} reads its rain in the morning: a day's rain fell mostly on the day before"]
    return []


def _rows(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".gz":
            with path.open("rb") as packed:
                if why := gzip_fault(packed.read, MOST_UNPACKED):
                    raise _unreadable(path, why)
        rows = pd.read_csv(path, header=None, names=COLUMNS, dtype=str, keep_default_na=False, compression="infer")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path, str(error).split("\n")[0]) from error
    if rows.empty or not rows["day"].iloc[0].isdigit() or not set(rows["element"].head(1000)) & set(ELEMENTS):
        raise _unreadable(path, "it is not of the form ID,YYYYMMDD,ELEMENT,VALUE,…")
    return rows


def _unreadable(path: Path, why: str) -> SourceUnreadableError:
    return SourceUnreadableError(
        f"GHCN-Daily file {path.name}: {why}",
        remedy="check the station id, or fetch the by_station file again; delete the cached copy if it is broken",
        file=path,
    )
