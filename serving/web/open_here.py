"""What is open in one area, as far as the reader may know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from serving.sheet_tables import AGES
from serving.web.chart import Chart
from serving.web.discreet import count_words
from serving.words import category_words, title_words, whole

LISTED = 25
WHOLE_STEPS = 8


def open_rows(backlog: pd.DataFrame, area: str) -> pd.DataFrame:
    """Open requests of the area that are planned for, the oldest first: those stale are listed apart."""
    rows = backlog[(backlog["area"] == area) & ~backlog["is_stale"]]
    return rows.sort_values(["age_days", "request_id"], ascending=[False, True], kind="stable")


def hidden(rows: pd.DataFrame, least: int) -> bool:
    """Whether so few are open that a reader of the public mode must not know how many. least: 0 hides nothing."""
    return len(rows) < least


def by_category(rows: pd.DataFrame, least: int) -> list[dict[str, str]]:
    """Open, late, the oldest's age (days) in words: one record a category. Below `least` only "fewer than"."""
    return [
        {
            "category": str(c),
            "open": count_words(len(group), least),
            "late": count_words(int(group["is_late"].sum()), least),
            "oldest": whole(float(group["age_days"].max())) if len(group) >= least else "–",
        }
        for c, group in rows.groupby("category", sort=True)
    ]


def ages(rows: pd.DataFrame) -> Chart:
    """Open requests by age, one stack a category."""
    bins = pd.cut(rows["age_days"], [-1.0, *AGES.values()], labels=False)
    names = sorted(set(rows["category"]))
    counts = {c: [int(((bins == i) & (rows["category"] == c)).sum()) for i in range(len(AGES))] for c in names}
    titles = {c: title_words(category_words(c)) for c in names}
    return Chart(
        name="ages",
        title="Open requests by age",
        about="Requests open at the end of the as-of day, by days since they were filed.",
        traces=[
            {"type": "bar", "name": titles[c], "x": list(AGES), "y": counts[c],
             "marker": {"color": f"var:series-{1 + i % 4}"}}
            for i, c in enumerate(names)
        ],
        layout={
            "barmode": "stack", "xaxis": {"type": "category"}, "showlegend": True,
            "yaxis": {"title": {"text": "requests"}, "rangemode": "tozero", **whole_steps(len(rows))},
        },
        columns=("Age", *titles.values()),
        rows=[(age, *(counts[c][i] for c in names)) for i, age in enumerate(AGES)],
        size="low",
    )  # fmt: skip


def whole_steps(most: int) -> dict[str, int]:
    """An axis of a few whole things has no halves on it."""
    return {"dtick": 1} if most <= WHOLE_STEPS else {}


def listed(rows: pd.DataFrame, zone: str) -> list[Mapping[str, Any]]:
    """The oldest requests by number, with local days: no place finer than the area, no text."""
    told = rows.head(LISTED).assign(
        filed=rows["created_at"].dt.tz_convert(zone), due=rows["due_at"].dt.tz_convert(zone)
    )
    return [{str(k): v for k, v in row.items()} for row in told.to_dict("records")]
