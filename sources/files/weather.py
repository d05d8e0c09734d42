"""Observed and issued daily weather from CSV, gzipped CSV or Parquet files."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from pydantic import Field, model_validator

from domain.category import Strict
from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import WEATHER_VARIABLES
from sources.files.tables import FileRead, TableFile, named, read_tables
from sources.plugins import Context, Plugin, WeatherRead
from sources.rules import DateFormat, LabelRules
from sources.validation.moments import end_of_days
from sources.validation.steps import Correction, corrections_table, joined
from sources.validation.weather_values import (
    UNITS,
    Days,
    check_values,
    complete_mean,
    gaps,
    issued_days,
    observed_days,
    one_a_day,
)

Unit = Literal["c", "f", "k", "tenth_c", "mm", "cm", "m", "in", "tenth_mm", "ms", "kmh", "mph", "kn", "tenth_ms"]


class Variables(Strict):
    """Our name -> the file's column; a variable left out is null."""

    date: str | None = None
    temperature_min_c: str | None = None
    temperature_mean_c: str | None = None
    temperature_max_c: str | None = None
    precipitation_mm: str | None = None
    snowfall_mm: str | None = None
    snow_depth_mm: str | None = None
    wind_ms: str | None = None
    precipitation_max_hour_mm: str | None = None
    freeze_thaw_crossings: str | None = None

    @model_validator(mode="after")
    def _some_variable(self) -> Variables:
        if not any(getattr(self, name) for name in WEATHER_VARIABLES):
            raise ValueError(f"columns name no weather variable; there are {', '.join(WEATHER_VARIABLES)}")
        return self


class IssuedVariables(Variables):
    """origin: the local day of issue. date: the day forecast, or lead_days: days after the origin."""

    origin: str
    lead_days: str | None = None

    @model_validator(mode="after")
    def _day_is_known(self) -> IssuedVariables:
        if self.date is None and self.lead_days is None:
            raise ValueError("issued weather needs `date` or `lead_days` among its columns")
        return self


class WeatherTable(TableFile):
    """units: variable -> the unit it is written in, where it is not that of its name."""

    columns: Variables
    units: dict[str, Unit] = Field(default_factory=dict)
    date_format: DateFormat | None = None

    @model_validator(mode="after")
    def _units_fit(self) -> WeatherTable:
        for variable, unit in self.units.items():
            allowed = [u for u, (ending, _, _) in UNITS.items() if variable.endswith(ending)]
            if variable not in WEATHER_VARIABLES or unit not in allowed:
                what = f"one of {', '.join(allowed)}" if allowed else f"a variable of {', '.join(WEATHER_VARIABLES)}"
                raise ValueError(f"units: '{variable}: {unit}' does not fit; use {what}")
        return self


class ObservedTable(WeatherTable):
    """Observed weather, one row a local day."""

    @model_validator(mode="after")
    def _has_date(self) -> ObservedTable:
        if self.columns.date is None:
            raise ValueError("observed weather needs `date` among its columns")
        return self


class IssuedTable(WeatherTable):
    """Issued forecasts, one row an origin and day."""

    columns: IssuedVariables


class WeatherFiles(Strict):
    """`weather: {kind: files, …}`. note: said in every plan, as are attribution and gaps."""

    observed: ObservedTable
    issued: IssuedTable | None = None
    attribution: str = ""
    note: str = ""


def read(config: WeatherFiles, ctx: Context) -> WeatherRead:
    """Both tables, checked. Observed weather of a local day is known at its end, issued weather at its origin's.

    Rows without a usable day are left out and counted; impossible values become null and are counted. A table of issued
    forecasts without a row is an archive that has not begun: there are none.
    Raises SourceUnreadableError and ColumnMissingError.
    """
    ctx.progress("reading weather")
    base, city = ctx.plan.city.base_dir, ctx.plan.city.city
    found = read_tables(config.observed, config.observed.columns.model_dump(exclude_none=True), base)
    days = _checked(observed_days(found.frame, _dates(config.observed), ctx.today), config.observed)
    notes = [n for n in (config.attribution, config.note) if n] + gaps(days.frame)
    observed = WEATHER_OBSERVED.validate(
        _finished(days.frame, ctx, found, "date", list(WEATHER_OBSERVED.schema.columns))
    )
    tables = [_noted(found, days, city)]
    issued, files = None, found.files
    if config.issued is not None:
        named_so = config.issued.columns.model_dump(exclude_none=True)
        got = read_tables(config.issued, named_so, base, may_be_empty=True)
        files = files | got.files
        if len(got.frame) or got.unreadable:
            ahead = _checked(issued_days(got.frame, _dates(config.issued), ctx.today), config.issued)
            issued = WEATHER_ISSUED.validate(
                _finished(ahead.frame, ctx, got, "origin", list(WEATHER_ISSUED.schema.columns))
            )
            tables.append(_noted(got, ahead, city))
    return WeatherRead(observed, issued, pd.concat(tables, ignore_index=True), files, tuple(notes))


def _checked(days: Days, table: WeatherTable) -> Days:
    values = check_values(days.frame, dict(table.units))
    once = one_a_day(values.frame)
    mean = complete_mean(once.frame)
    return Days(mean.frame, joined([*days.corrections, *values.corrections, *once.corrections, *mean.corrections]))


def _finished(frame: pd.DataFrame, ctx: Context, found: FileRead, known: str, columns: list[str]) -> pd.DataFrame:
    known_at = end_of_days(frame[known], ctx.plan.city.zone)
    return frame.assign(city=ctx.plan.city.city, known_at=known_at)[columns]


def _noted(found: FileRead, days: Days, city: str) -> pd.DataFrame:
    notes = [*_unreadable(found), *days.corrections]
    return corrections_table(notes, city, named(list(found.files)), len(found.frame))


def _unreadable(found: FileRead) -> list[Correction]:
    rows = sum(len(part) for part in found.unreadable)
    example = str(found.unreadable[0]["value"].iloc[0]) if rows else ""
    return [Correction("row with more or fewer cells than the header: left out", rows, example)] if rows else []


def _dates(table: WeatherTable) -> LabelRules:
    return LabelRules(date_format=table.date_format)


PLUGIN = Plugin(WeatherFiles, read)
