"""Days that bring, or may bring, far more than such days usually do."""

from __future__ import annotations

import pandas as pd

from domain.words import CITY_LEVEL
from serving.report.source import Source
from serving.words import category_words, number, plural, short_day, title_words, weekday

WEEKS = 8
LEAST_DAYS = 4
"""Counted days of a weekday below which nothing is called usual."""
EXPECTED_TIMES, MORE = 1.5, 3.0
"""From so many times and so many requests more than usual, a surge is expected."""
POSSIBLE_TIMES, POSSIBLE_MORE = 2.0, 5.0
"""The same for the upper end (1 case of 10 lies above): then one may come."""

Note = dict[str, str]


def surges(source: Source) -> list[Note]:
    """One warning a category whose city days stand out; what may come without being expected is a note."""
    found = [_note(source, category, days(source, category)) for category in source.categories]
    return [note for note in found if note is not None]


def days(source: Source, category: str, area: str = CITY_LEVEL, level: str = "city") -> pd.DataFrame:
    """The days ahead of one series: date, mean, q90, usual (mean count of that weekday in the last weeks, missing
    where too few were counted), is_expected, is_possible."""
    past, ahead = (_of(source.table(name), category, level, area) for name in ("history", "forecasts"))
    recent = past[past["date"] > past["date"].max() - pd.Timedelta(weeks=WEEKS)] if len(past) else past
    by_weekday = recent.groupby(recent["date"].dt.day_of_week)["count"].agg(["mean", "size"])
    usual = by_weekday["mean"].where(by_weekday["size"] >= LEAST_DAYS)
    rows = ahead[["date", "mean", "q90"]].assign(usual=ahead["date"].dt.day_of_week.map(usual))
    is_expected = _above(rows["mean"], rows["usual"], EXPECTED_TIMES, MORE)
    is_possible = _above(rows["q90"], rows["usual"], POSSIBLE_TIMES, POSSIBLE_MORE)
    return rows.assign(is_expected=is_expected, is_possible=is_possible & ~is_expected)


def _above(values: pd.Series, usual: pd.Series, times: float, more: float) -> pd.Series:
    return (values >= times * usual) & (values - usual >= more)


def _of(table: pd.DataFrame, category: str, level: str, area: str) -> pd.DataFrame:
    is_it = (table["category"] == category) & (table["level"] == level) & (table["area"] == area)
    return table[is_it].sort_values("date", kind="stable")


def _note(source: Source, category: str, rows: pd.DataFrame) -> Note | None:
    sure, maybe = rows[rows["is_expected"]], rows[rows["is_possible"]]
    name = title_words(category_words(category))
    if len(sure):
        return {"severity": "warning", "title": f"{name}: a surge is expected", "text": _told(sure)}
    if len(maybe):
        return {"severity": "note", "title": f"{name}: a surge may come", "text": _told(maybe)}
    return None


def _told(rows: pd.DataFrame) -> str:
    """The day that stands out most, and how many more do."""
    worst = rows.assign(more=rows["q90"] - rows["usual"]).sort_values("more", ascending=False).iloc[0]
    text = (
        f"{short_day(worst['date'])}: {number(float(worst['mean']))} requests expected in the whole city, where a "
        f"{weekday(worst['date'])} usually brings {number(float(worst['usual']))}; in 1 case of 10 over "
        f"{number(float(worst['q90']))}."
    )
    others = len(rows) - 1
    return f"{text} {plural(others, 'other day')} {'stands' if others == 1 else 'stand'} out too." if others else text
