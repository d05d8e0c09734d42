"""A fan: what was counted, what is expected, and the ranges that 50, 80 and 95 % of cases lie in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from serving.report.page import rounded
from serving.report.source import Source
from serving.web.chart import Cell, Chart
from serving.words import category_words, short_day, title_words

SHOWN_DAYS = 42
"""Days of history drawn: six weeks show the weekly beat without crowding a phone."""
BANDS = (
    ("q025", "q975", "95 % of cases", 0.18),
    ("q10", "q90", "80 % of cases", 0.24),
    ("q25", "q75", "half of cases", 0.34),
)
"""Columns of the ends, name, strength; later bands lie over earlier ones."""
COLUMNS = ("Day", "Counted", "Expected", "80 % from", "80 % to", "95 % from", "95 % to")


def fan(source: Source, category: str, level: str, area: str, name: str = "fan") -> Chart:
    """The chart of one series; an area of a publication that holds no counts by area has the days ahead alone."""
    past, ahead = series(source, category, level, area)
    words = category_words(category)
    return Chart(
        name=name,
        title=f"{title_words(words)} requests in {source.place(area)}"
        if level != "city"
        else f"{title_words(words)} requests in the whole city",
        about=f"{title_words(words)} requests a day: counted so far, expected from {_first(ahead)} on, and the ranges "
        "that half, 80 % and 95 % of cases lie in.",
        traces=[*_bands(ahead), *_lines(past, ahead)],
        columns=COLUMNS,
        rows=[
            *(_counted(row) for row in past.to_dict("records")),
            *(_expected(row) for row in ahead.to_dict("records")),
        ],
        layout={"yaxis": {"title": {"text": "requests a day"}, "rangemode": "tozero"}, "hovermode": "x unified"},
    )


def series(source: Source, category: str, level: str, area: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of the last days, and the forecast of the days ahead, each by date."""
    found = []
    for name in ("history", "forecasts"):
        table = source.table(name)
        rows = table[(table["level"] == level) & (table["area"] == area) & (table["category"] == category)]
        found.append(rows.sort_values("date", kind="stable"))
    return found[0].tail(SHOWN_DAYS), found[1]


def _first(ahead: pd.DataFrame) -> str:
    return short_day(ahead["date"].iloc[0]) if len(ahead) else "tomorrow"


def _bands(ahead: pd.DataFrame) -> list[dict[str, Any]]:
    """Each as one closed line, there along the upper ends and back along the lower ones."""
    days = [str(day.date()) for day in ahead["date"]]
    return [
        {
            "type": "scatter", "mode": "lines", "fill": "toself", "name": name, "hoverinfo": "skip",
            "x": [*days, *days[::-1]], "y": [*rounded(ahead[high], 1), *rounded(ahead[low], 1)[::-1]],
            "line": {"width": 0}, "fillcolor": f"var:chart-band/{strength}",
        }
        for low, high, name, strength in BANDS
    ]  # fmt: skip


def _lines(past: pd.DataFrame, ahead: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter", "mode": "lines+markers", "name": "counted", "line": {"color": "var:chart-past"},
            "x": [str(day.date()) for day in past["date"]], "y": past["count"].astype(int).tolist(),
            "marker": {"size": 4}, "hovertemplate": "%{y} counted<extra></extra>",
        },
        {
            "type": "scatter", "mode": "lines+markers", "name": "expected", "x": [str(d.date()) for d in ahead["date"]],
            "line": {"color": "var:chart-line", "width": 2.5}, "marker": {"size": 5}, "y": rounded(ahead["mean"], 2),
            "text": [f"{low:g} to {high:g}" for low, high in zip(ahead["q10"], ahead["q90"], strict=True)],
            "hovertemplate": "%{y:.1f} expected, 80 %: %{text}<extra></extra>",
        },
    ]  # fmt: skip


def _counted(row: Mapping[Any, Any]) -> list[Cell]:
    return [short_day(row["date"]), int(row["count"]), None, None, None, None, None]


def _expected(row: Mapping[Any, Any]) -> list[Cell]:
    ends = (float(row[name]) for name in ("q10", "q90", "q025", "q975"))
    return [short_day(row["date"]), None, round(float(row["mean"]), 2), *ends]
