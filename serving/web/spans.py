"""Days or weeks that a page can be asked for, and what they bring to each area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from serving.report.source import Source
from serving.report.sums import Cube, cube, summed
from serving.words import MONTHS, short_day

WEEK = 7
ORDINARY = ("usual", "place")
"""Blocks of an explanation that make an ordinary day of a place; the others are what is special about this one."""


@dataclass(frozen=True)
class Span:
    """key: in an address. title: for people. days: in order."""

    key: str
    title: str
    days: tuple[pd.Timestamp, ...]

    @property
    def said(self) -> str:
        """Within a sentence."""
        return self.title.replace("Week of", "week of")


def spans(days: Sequence[pd.Timestamp]) -> list[Span]:
    """Whole weeks ahead first, then each day."""
    weeks = [tuple(days[at : at + WEEK]) for at in range(0, len(days) - len(days) % WEEK, WEEK)]
    named = [Span(f"week-{i}", f"Week of {week_words(week)}", week) for i, week in enumerate(weeks, 1)]
    return [*named, *(Span(str(day.date()), short_day(day), (day,)) for day in days)]


def week_words(days: Sequence[pd.Timestamp]) -> str:
    """17 to 23 Mar."""
    first, last = days[0], days[-1]
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1][:3]}"
    return f"{first.day}{month} to {last.day} {MONTHS[last.month - 1][:3]}"


def forecast_days(source: Source) -> list[pd.Timestamp]:
    return sorted(pd.Timestamp(day) for day in set(source.table("forecasts")["date"]))


def expected(source: Source, category: str, span: Span) -> pd.DataFrame:
    """One row an area, as `source.areas` has them: area, place, district, expected, low, high, ordinary (requests).

    low, high: 80 % of cases lie between. ordinary: what such days usually bring there. Missing where not published.
    """
    found = cube(source, category)
    rows = pd.DataFrame(
        {
            "area": source.areas["area"].astype(str),
            "place": [source.place(str(area)) for area in source.areas["area"]],
            "district": source.areas["district"].astype(str),
        }
    )
    totals = pd.DataFrame(columns=["expected", "low", "high"], dtype=float) if found is None else _totals(found, span)
    joined = rows.join(totals, on="area").join(ordinary(source, category, span), on="area")
    return joined.reset_index(drop=True)


def _totals(found: Cube, span: Span) -> pd.DataFrame:
    at = np.flatnonzero(found.dates.isin(list(span.days)))
    total = summed(found.samples[:, at].sum(axis=1), found.weight)
    return pd.DataFrame({"expected": total.mean, "low": total.low, "high": total.high}, index=list(found.areas))


def ordinary(source: Source, category: str, span: Span) -> pd.Series:
    """Requests that such days usually bring, by area."""
    table = source.table("explanations")
    is_here = (table["level"] == "area") & (table["category"] == category) & table["date"].isin(list(span.days))
    rows = table[is_here & table["block"].isin(ORDINARY)]
    sums: pd.Series = rows.groupby("area")["effect"].sum().clip(lower=0.0)
    return sums.rename("ordinary")
