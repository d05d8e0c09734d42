"""Fiscal years and their quarters and months. A fiscal year is named by the calendar year in which it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Quarter:
    """first and last day, both in it. name: FY2026 Q1."""

    name: str
    first: date
    last: date


def month_day(text: str) -> tuple[int, int]:
    """ "07-01" as (7, 1)."""
    return int(text[:2]), int(text[3:])


def year_start(day: date, start: str) -> date:
    """First day of the fiscal year that holds `day`; start is MM-DD."""
    month, of_month = month_day(start)
    here = date(day.year, month, of_month)
    return here if day >= here else date(day.year - 1, month, of_month)


def year_name(day: date, start: str) -> str:
    """FY and the year in which it ends, so FY2026 runs from 2025-07-01 to 2026-06-30."""
    return f"FY{(next_year(day, start) - timedelta(days=1)).year}"


def next_year(day: date, start: str) -> date:
    """First day of the fiscal year after the one that holds `day`."""
    begin = year_start(day, start)
    return date(begin.year + 1, begin.month, begin.day)


def quarter_of(day: date, start: str) -> Quarter:
    """The fiscal quarter that holds `day`: three months each from the year's first day."""
    begin = year_start(day, start)
    edges = [_later(begin, 3 * q) for q in range(5)]
    at = next(q for q in range(4) if edges[q] <= day < edges[q + 1])
    return Quarter(f"{year_name(day, start)} Q{at + 1}", edges[at], edges[at + 1] - timedelta(days=1))


def whole_quarters(after: date, number: int, start: str) -> list[Quarter]:
    """The first `number` fiscal quarters of which every day lies after `after`."""
    first = quarter_of(after + timedelta(days=1), start)
    begin = first.first if first.first > after else first.last + timedelta(days=1)
    quarters = [quarter_of(begin, start)]
    while len(quarters) < number:
        quarters.append(quarter_of(quarters[-1].last + timedelta(days=1), start))
    return quarters


def month_name(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


def in_season(day: date, begin: str, until: str) -> bool:
    """Whether `day` lies from MM-DD to MM-DD, both included; a season may run over the new year."""
    here, first, last = (day.month, day.day), month_day(begin), month_day(until)
    return first <= here <= last if first <= last else here >= first or here <= last


@dataclass(frozen=True)
class Period:
    """A calendar month as far as it lies in one fiscal quarter: the smallest stretch that sums are made of.

    is_split: a fiscal quarter begins inside the month, which then has two periods.
    """

    month: str
    quarter: str
    first: date
    last: date
    is_split: bool = False

    @property
    def name(self) -> str:
        """2025-07, or 2025-07 (1–14) for a part of it."""
        return f"{self.month} ({self.first.day}–{self.last.day})" if self.is_split else self.month

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def periods(dates: Sequence[date], start: str) -> tuple[tuple[Period, ...], list[int]]:
    """Periods of consecutive dates in order, and which of them each date is in."""
    keys = [(month_name(d), quarter_of(d, start).name) for d in dates]
    names = list(dict.fromkeys(keys))
    place = [names.index(key) for key in keys]
    days = [[d for d, p in zip(dates, place, strict=True) if p == at] for at in range(len(names))]
    months = [m for m, _ in names]
    found = tuple(Period(m, q, own[0], own[-1], months.count(m) > 1) for (m, q), own in zip(names, days, strict=True))
    return found, place


def _later(begin: date, months_later: int) -> date:
    """The same day of the month so many months later; starts on the 1st to the 28th, so it exists."""
    months_in = begin.month - 1 + months_later
    return date(begin.year + months_in // 12, months_in % 12 + 1, begin.day)
