"""Dates and times as sources write them → moments in UTC."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sources.rules import LabelRules
from sources.validation.steps import Mask, text

WALL: Final = "datetime64[us]"
UTC: Final = "datetime64[us, UTC]"
DATE = r"^[0-9]{4}-?[0-9]{2}-?[0-9]{2}"
ZONE = r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
TIME = r"[T ][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]{1,9})?)?)?"
ISO = rf"{DATE}(?:{TIME} ?{ZONE}?)?$"
OFFSET = rf"[T ][0-9]{{2}}.*{ZONE}$"
LATEST = pd.Timestamp("2200-01-01")


class Written(NamedTuple):
    """A column of times as written. wall: naive; aware: with an offset; at most one of them a row.

    given: rows with any value at all. given without wall and aware: unreadable.
    """

    wall: pd.Series
    aware: pd.Series
    given: Mask

    @property
    def read(self) -> Mask:
        found: Mask = (self.wall.notna() | self.aware.notna()).to_numpy(dtype=bool)
        return found

    @property
    def has_hours(self) -> bool:
        """False where every time is midnight, or there is none."""
        at = pd.concat([self.wall.dropna(), self.aware.dropna().dt.tz_localize(None)])
        return bool((at != at.dt.normalize()).any())


class Local(NamedTuple):
    """Moments in UTC, with the wall times that name two moments or none."""

    utc: pd.Series
    ambiguous: Mask
    nonexistent: Mask


def read_times(values: pd.Series, rules: LabelRules) -> Written:
    """Naive or aware times, or text in ISO 8601 or `rules.date_format`."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return Written(_nothing(values, WALL), values.astype(UTC), values.notna().to_numpy())
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return Written(values.astype(WALL), _nothing(values, UTC), values.notna().to_numpy())
    written = text(_whole(values), rules.missing)
    if rules.date_format is not None:
        parsed = pd.to_datetime(written, format=rules.date_format, errors="coerce", utc="%z" in rules.date_format)
        split = (_nothing(values, WALL), parsed) if "%z" in rules.date_format else (parsed, _nothing(values, UTC))
    else:
        iso = written.where(written.str.contains(ISO).fillna(False).astype(bool))
        offset = iso.str.contains(OFFSET).fillna(False).astype(bool)
        split = (_parse(iso.mask(offset), utc=False), _parse(iso.where(offset), utc=True))
    return Written(split[0].astype(WALL), split[1].astype(UTC), written.notna().to_numpy())


def to_days(times: Written) -> pd.Series:
    """The day as written, whatever the offset says: for sources that hold days without hours."""
    days: pd.Series = times.wall.fillna(times.aware.dt.tz_localize(None)).dt.normalize()
    return days


def to_utc(wall: pd.Series, zone: ZoneInfo) -> Local:
    """Wall times of `zone` in UTC.

    Rules: a time that the clock shows twice is its first, summer-time reading; a time that the clock skips is
    moved forward to the first moment after the gap. Times beyond the year 2200 become null.
    """
    wall = wall.where(wall < LATEST)
    plain = wall.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC").astype(UTC)
    odd = plain.isna().to_numpy() & wall.notna().to_numpy()
    ambiguous, nonexistent = np.zeros(len(wall), dtype=bool), np.zeros(len(wall), dtype=bool)
    if odd.any():
        some = wall[odd]
        first = np.ones(len(some), dtype=bool)
        skipped = some.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT").isna().to_numpy()
        moved = some.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward").dt.tz_convert("UTC")
        plain = plain.mask(odd, moved.astype(UTC).reindex(plain.index))
        nonexistent[np.flatnonzero(odd)[skipped]] = True
        ambiguous = odd & ~nonexistent
    return Local(plain, ambiguous, nonexistent)


def end_of_days(days: pd.Series, zone: ZoneInfo) -> pd.Series:
    """The last microsecond of each local day, in UTC."""
    return to_utc(days + pd.Timedelta(days=1), zone).utc - pd.Timedelta(microseconds=1)


def local_day(rows: pd.DataFrame, zone: ZoneInfo) -> pd.Series:
    """The local day that checked rows are about: of counts `day`, of requests that of `created_at`."""
    if "day" in rows:
        return rows["day"]
    local: pd.Series = rows["created_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return local


def _parse(values: pd.Series, *, utc: bool) -> pd.Series:
    return pd.to_datetime(values, format="ISO8601", errors="coerce", utc=utc)


def _nothing(like: pd.Series, dtype: Literal["datetime64[us]", "datetime64[us, UTC]"]) -> pd.Series:
    return pd.Series(pd.NaT, index=like.index, dtype=dtype)


def _whole(values: pd.Series) -> pd.Series:
    """20170131.0 as 20170131: whole numbers that a null turned into fractions."""
    if not pd.api.types.is_float_dtype(values.dtype):
        return values
    return values.astype("str").str.replace(r"\.0$", "", regex=True)
