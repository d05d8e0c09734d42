"""What a look at a category's history yields: a weight for every day, the breaks of its level, and words for both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats

FindingKind = Literal["gap", "batch entry", "catastrophe", "level break", "yearly peak"]


@dataclass(frozen=True)
class Break:
    """A lasting step of the city's level. index: position of the first day of the new level, day: its date.

    factor: new level ÷ old one, season and weather set aside, as far as the days up to the origin tell.
    """

    index: int
    day: date
    factor: float


@dataclass(frozen=True)
class Finding:
    """first, last: days. size: requests a day ÷ the ordinary."""

    kind: FindingKind
    first: date
    last: date
    size: float
    words: str


@dataclass(frozen=True)
class Yearly:
    """A day that brings many times the usual every year, `offset` days from a holiday or event of this name.

    at: (Y,) its positions. is_peak: (Y,) which of them did."""

    name: str
    offset: int
    at: NDArray[np.intp]
    is_peak: NDArray[np.bool_]

    @property
    def positions(self) -> NDArray[np.intp]:
        """Of the peaks, (Y',)."""
        found: NDArray[np.intp] = self.at[self.is_peak]
        return found

    @property
    def words(self) -> str:
        return {0: "on", -1: "on the day before", 1: "on the day after"}[self.offset] + f" {self.name}"


def peak_days(peaks: Iterable[Yearly], days: int) -> NDArray[np.bool_]:
    """(T,) days that are a peak of any name."""
    found = np.zeros(days, dtype=bool)
    for peak in peaks:
        found[peak.positions] = True
    return found


@dataclass(frozen=True)
class History:
    """trust: (T,) training weight of each day's counts in 0..1, 1 on an ordinary day. breaks: by day.

    peaks: named days that are one every year."""

    trust: Floats
    breaks: tuple[Break, ...]
    findings: tuple[Finding, ...]
    peaks: tuple[Yearly, ...] = ()


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last position of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def span(dates: pd.DatetimeIndex, first: int, last: int) -> tuple[date, date]:
    """The days at two positions."""
    return dates[first].date(), dates[last].date()
