"""What moves the expectation of one area: blocks that build it up day by day, and the words for each."""

from __future__ import annotations

import pandas as pd

from serving.report.page import rounded
from serving.report.source import Source
from serving.web.chart import Chart
from serving.words import category_words, number, short_day, signed, title_words

BLOCK_TITLES = {
    "usual": "Usual in an average area",
    "place": "This place",
    "recent demand": "The last weeks",
    "calendar": "Calendar",
    "weather": "Weather",
}


def rows_of(source: Source, category: str, level: str, area: str) -> pd.DataFrame:
    """The published explanation of one series, by day and order of build-up."""
    table = source.table("explanations")
    rows = table[(table["level"] == level) & (table["area"] == area) & (table["category"] == category)]
    return rows.sort_values(["date", "order"], kind="stable")


def drivers(source: Source, category: str, level: str, area: str) -> Chart | None:
    """Bars that build each day's expectation up, below zero where something lowers it; None where nothing is told."""
    rows = rows_of(source, category, level, area)
    if rows.empty:
        return None
    wide = rows.pivot(index="date", columns="block", values="effect").fillna(0.0)
    blocks = rows.drop_duplicates("block")["block"].tolist()
    days = [short_day(day) for day in wide.index]
    return Chart(
        name="drivers",
        title="What each day is made of",
        about=f"{title_words(category_words(category))} requests a day: what is usual, and what else raises or lowers "
        "it. The parts of a day add up to what is expected.",
        traces=[_bar(block, i, days, wide[block]) for i, block in enumerate(blocks)],
        layout={"barmode": "relative", "yaxis": {"title": {"text": "requests a day"}}, "xaxis": {"type": "category"}},
        columns=("Day", *(BLOCK_TITLES.get(b, title_words(b)) for b in blocks), "Expected"),
        rows=[
            (day, *(round(float(v), 2) for v in values[blocks]), round(float(values[blocks].sum()), 2))
            for day, (_, values) in zip(days, wide.iterrows(), strict=True)
        ],
    )


def _bar(block: str, at: int, days: list[str], effects: pd.Series) -> dict[str, object]:
    return {
        "type": "bar", "name": BLOCK_TITLES.get(block, title_words(block)), "x": days, "y": rounded(effects, 2),
        "marker": {"color": f"var:series-{at % 5}"}, "text": [signed(float(v)) for v in effects],
        "textposition": "none", "hovertemplate": "%{x}: %{text}",
    }  # fmt: skip


def told(rows: pd.DataFrame, most: int = 3) -> list[dict[str, object]]:
    """The first days in words: what is expected, and why it is not what is usual."""
    found: list[dict[str, object]] = []
    for day, group in list(rows.groupby("date", sort=True))[:most]:
        words = [str(text) for text in group["words"] if text]
        found.append({"day": day, "expected": number(float(group["effect"].sum())), "words": words})
    return found
