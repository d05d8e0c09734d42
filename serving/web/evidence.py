"""Charts of how good forecasts were: against what came, against a spreadsheet's, and how often ranges held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from serving.report.accuracy import forecaster_title
from serving.report.source import Source
from serving.web.chart import Chart
from serving.words import LEVEL_WORDS, category_words, short_day, title_words


def came(source: Source, judged: pd.DataFrame, category: str) -> Chart | None:
    """Counted days of the city beside what was expected the day before and a week before; None where no day passed."""
    rows = judged[(judged["category"] == category) & (judged["level"] == "city")]
    if rows.empty:
        return None
    newest = rows.sort_values(["date", "lead_days"], kind="stable").drop_duplicates("date")
    days = [str(day.date()) for day in newest["date"]]
    band = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return Chart(
        name="came",
        title=f"{title_words(category_words(category))}: what was expected, and what came",
        about="Requests a day in the whole city; expected by the last publication before each day, with the range "
        "that 80 % of cases should lie in.",
        traces=[
            {**band, "x": [*days, *days[::-1]], "y": [*newest["q90"].tolist(), *newest["q10"].tolist()[::-1]],
             "fill": "toself", "fillcolor": "var:chart-band/0.25", "name": "80 % of cases"},
            {"type": "scatter", "mode": "lines", "x": days, "y": newest["mean"].round(2).tolist(), "name": "expected",
             "line": {"color": "var:chart-line", "width": 2.5}},
            {"type": "scatter", "mode": "markers", "x": days, "y": newest["count"].astype(int).tolist(),
             "name": "came", "cliponaxis": False, "marker": {"color": "var:series-1", "size": 9, "symbol": "diamond"}},
        ],
        layout={"yaxis": {"title": {"text": "requests a day"}, "rangemode": "tozero"}, "hovermode": "x unified"},
        columns=("Day", "Days ahead", "Expected", "80 % from", "80 % to", "Came"),
        rows=[
            (short_day(row["date"]), int(row["lead_days"]), round(float(row["mean"]), 2), float(row["q10"]),
             float(row["q90"]), int(row["count"]))
            for row in newest.to_dict("records")
        ],
    )  # fmt: skip


def published_scores(source: Source) -> pd.DataFrame:
    """The scores of what is published, levels from the smallest to the largest."""
    table = source.table("scores")
    order = {level: i for i, level in enumerate(LEVEL_WORDS)}
    rows = table[table["is_published"]]
    return rows.assign(step=rows["level"].map(order)).sort_values(["category", "step"], kind="stable")


def skill(source: Source) -> Chart | None:
    """The error of what is published against the best spreadsheet forecast's, by category and level."""
    rows = published_scores(source)
    if rows.empty:
        return None
    return Chart(
        name="skill",
        title="Error against the best spreadsheet forecast",
        about="Error on earlier dates as a share of the best spreadsheet forecast's: 1 is equal, lower is better.",
        traces=_grouped(rows, "ratio", source.categories),
        layout={
            "barmode": "group", "xaxis": {"type": "category"}, "yaxis": {"title": {"text": "error, spreadsheet = 1"}},
            "shapes": [_line_at(1.0)], "showlegend": True,
        },
        columns=("Kind of request", "Level", "Error, spreadsheet = 1", "Published"),
        rows=[
            (*_named(row), round(float(row["ratio"]), 3),
             forecaster_title(source, str(row["category"]), str(row["forecaster"]), True))
            for row in rows.to_dict("records")
        ],
        size="low",
    )  # fmt: skip


def coverage(source: Source) -> Chart | None:
    """How often what came lay inside the ranges of 80 and 95 %, by category and level."""
    rows = published_scores(source)
    if rows.empty:
        return None
    return Chart(
        name="coverage",
        title="How often the ranges held",
        about="Share of earlier days or weeks in which what came lay inside the range that should hold 80 % of cases; "
        "the line is what was promised.",
        traces=_grouped(rows, "cover80", source.categories),
        layout={
            "barmode": "group", "xaxis": {"type": "category"}, "showlegend": True, "shapes": [_line_at(0.8)],
            "yaxis": {"title": {"text": "share inside"}, "tickformat": ".0%", "range": [0, 1.02]},
        },
        columns=("Kind of request", "Level", "Inside the 80 % range, %", "Inside the 95 % range, %"),
        rows=[
            (*_named(row), round(100 * float(row["cover80"]), 1), round(100 * float(row["cover95"]), 1))
            for row in rows.to_dict("records")
        ],
        size="low",
    )  # fmt: skip


def _named(row: Mapping[Any, Any]) -> tuple[str, str]:
    return title_words(category_words(str(row["category"]))), _level(str(row["level"]))


def _level(level: str) -> str:
    return LEVEL_WORDS.get(level, level)


def _grouped(rows: pd.DataFrame, column: str, categories: Sequence[str]) -> list[Mapping[str, Any]]:
    words = pd.Series([_level(str(level)).replace(", ", ",\n") for level in rows["level"]], index=rows.index)
    return [
        {
            "type": "bar", "name": title_words(category_words(c)), "marker": {"color": f"var:series-{1 + i % 4}"},
            "x": words[rows["category"] == c].tolist(),
            "y": rows.loc[rows["category"] == c, column].round(3).tolist(), "hoverinfo": "y+name",
        }
        for i, c in enumerate(categories)
    ]  # fmt: skip


def _line_at(value: float) -> dict[str, Any]:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value,
        "line": {"color": "var:ink", "dash": "dash", "width": 1.5},
    }  # fmt: skip
