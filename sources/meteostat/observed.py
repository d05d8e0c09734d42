"""Observed days of one station through meteostat: daily values, and for what they lack the station's own hours."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES
from sources.meteostat.session import Heard, closed_years
from sources.validation.steps import Correction
from sources.weather.local_days import local_days
from sources.weather.stations import Station

if TYPE_CHECKING:
    import meteostat

OPEN_YEARS = 2
"""The newest years: their files still change, so they are read anew every time."""
DAILY = {
    "tmin": ("temperature_min_c", 1.0),
    "temp": ("temperature_mean_c", 1.0),
    "tmax": ("temperature_max_c", 1.0),
    "prcp": ("precipitation_mm", 1.0),
    "snwd": ("snow_depth_mm", 10.0),  # the library's unit is cm
    "wspd": ("wind_ms", 1 / 3.6),
}
HOURLY = ("temp", "prcp", "wspd")


@dataclass
class Read:
    """days: the variables by date. failed: year -> why its file could not be read; absent: years without one.

    model_values: station values of a model, left out. sources: provider ids seen. attribution: of the library.
    """

    days: pd.DataFrame
    failed: dict[str, str] = field(default_factory=dict)
    absent: list[int] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    attribution: set[str] = field(default_factory=set)


def observed(
    station: Station, first: date, last: date, zone: ZoneInfo, heard: Heard, *, hours_since: date | None
) -> Read:
    """Days from `first` to `last` (local, both included), never a later one whatever the files hold.

    hours_since: the day from which the station's hours fill what its days lack, and tell the hardest hour of rain and
    the crossings of 0 °C; None: hours are not read.
    """
    nothing = pd.DatetimeIndex([], name="date")
    found = Read(pd.DataFrame(index=nothing, columns=list(WEATHER_VARIABLES), dtype=float))
    parts = [
        part
        for year in range(first.year, last.year + 1)
        if (part := _year(found, station, year, last, heard)) is not None
    ]
    if parts:
        found.days = _in_our_units(pd.concat(parts))
    if hours_since is not None:
        _fill_from_hours(found, station, max(first, hours_since), last, zone, heard)
    inside = (found.days.index >= pd.Timestamp(first)) & (found.days.index <= pd.Timestamp(last))
    found.days = found.days[inside].dropna(how="all")
    return found


def open_since(last: date) -> date:
    """The first day of the years whose files still change."""
    return date(last.year - OPEN_YEARS + 1, 1, 1)


def as_theirs(station: Station, zone: ZoneInfo) -> meteostat.Station:
    """The library's record, so that it need not download its database of stations."""
    from meteostat import Station as Theirs

    identifiers = {"mosmix": station.mosmix} if station.mosmix else {}
    return Theirs(
        id=station.id, name=station.label, latitude=station.lat, longitude=station.lon,
        elevation=station.elevation_m, timezone=zone.key, identifiers=identifiers,
    )  # fmt: skip


def _year(found: Read, station: Station, year: int, last: date, heard: Heard) -> pd.DataFrame | None:
    from meteostat import daily

    start, end = date(year, 1, 1), min(date(year, 12, 31), last)
    heard.forget()
    with _cached(year, last):
        series = daily(as_theirs(station, ZoneInfo("UTC")), start, end)
        return _taken(found, series, f"{year}", heard, start.year)


def _cached(year: int, last: date) -> AbstractContextManager[None]:
    return nullcontext() if date(year, 1, 1) >= open_since(last) else closed_years()


def _taken(found: Read, series: meteostat.TimeSeries, what: str, heard: Heard, year: int) -> pd.DataFrame | None:
    """The values of a series without those of a model; what went wrong is noted where there are none."""
    frame = series.fetch(sources=True)
    if frame is None or frame.empty:
        if heard.why:
            found.failed[what] = heard.why
        else:
            found.absent.append(year)
        return None
    found.attribution.add(series.attribution)
    return _without_models(frame, found)


def _without_models(frame: pd.DataFrame, found: Read) -> pd.DataFrame:
    """Values whose source is not wholly an observation made null. The library's own filter lets mixed ones pass."""
    seen = _observers()
    values = [c for c in frame.columns if not c.endswith("_source")]
    out = frame[values].astype(float)
    for name in values:
        source = frame[f"{name}_source"].astype("str").fillna("")
        lookup = {s: s == "" or set(s.split()) <= seen for s in source.unique()}
        bad = (~source.map(lookup).astype(bool) & out[name].notna()).to_numpy()
        if bad.any():
            example = f"{source[bad].iloc[0]}: {out.loc[bad, name].iloc[0]} → none"
            found.corrections.append(Correction(f"{name} of a model in the history: left out", int(bad.sum()), example))
            out[name] = out[name].mask(bad)
    return out


def _observers() -> set[str]:
    """Provider ids that the library grades as observations or better."""
    from meteostat.core.providers import provider_service
    from meteostat.enumerations import Grade

    good = (Grade.OBSERVATION, Grade.RECORD)
    return {str(p.id) for p in provider_service.providers if p.grade in good}


def _in_our_units(frame: pd.DataFrame) -> pd.DataFrame:
    days = pd.DataFrame({ours: frame[theirs] * factor for theirs, (ours, factor) in DAILY.items() if theirs in frame})
    whole = days.set_index(pd.DatetimeIndex(frame.index).normalize()).rename_axis("date")
    return whole.reindex(columns=list(WEATHER_VARIABLES)).groupby(level=0).last()


def _fill_from_hours(found: Read, station: Station, first: date, last: date, zone: ZoneInfo, heard: Heard) -> None:
    from meteostat import Parameter, hourly

    parts = []
    until = last + timedelta(days=1)  # a local day ends in the next one of UTC
    for year in range(first.year, until.year + 1):
        heard.forget()
        start, end = date(year, 1, 1), min(date(year, 12, 31), until)  # the library refuses long spans
        wanted = [Parameter(p) for p in HOURLY]
        with _cached(year, last):
            series = hourly(as_theirs(station, ZoneInfo("UTC")), start, end, parameters=wanted)
            part = _taken(found, series, f"hours of {year}", heard, year)
        parts += [part] if part is not None else []
    if not parts:
        return
    hours = pd.concat(parts).groupby(level=0).last()
    more = local_days(hours, zone)
    whole = found.days.combine_first(more)[list(WEATHER_VARIABLES)]
    daily = [v for v in WEATHER_VARIABLES if v not in HOURLY_VARIABLES]
    gained = int(
        whole.loc[more.index, daily].notna().to_numpy().sum()
        - found.days.reindex(more.index)[daily].notna().to_numpy().sum()
    )
    if gained:
        found.corrections.append(Correction(f"daily value not given by {station.label}: from its hours", gained, ""))
    found.days = whole.rename_axis("date")
