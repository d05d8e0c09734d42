"""Map: what each area may expect, for a kind of request and a day or week; every area leads to its own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from serving.report.source import Source
from serving.web.chart import Chart
from serving.web.choosing import Field, category_field, field, pinned
from serving.web.choropleth import RATIO_SCALE, drawn, rising_scale
from serving.web.page import Contents, Page, View
from serving.web.spans import Span, expected, forecast_days, spans
from serving.words import between, category_words, number, title_words

RANKED = 12
WHAT = (("expected", "Requests expected"), ("high", "Upper bound"), ("surprise", "Surprise"))
ABOUT = {
    "expected": "Mean number of requests by area, {span}.",
    "high": "Requests that come in at most in 9 of 10 cases, {span}.",
    "surprise": "Requests expected against what such days usually bring there, {span}.",
}
COLUMNS = ("Area", "District", "Requests expected", "80 % from", "80 % to", "Usual for such days", "Times usual")


def build(view: View) -> Contents:
    source = view.publication.source
    listed = spans(forecast_days(source))
    category, what = category_field(view), field(view, "what", "What to show", WHAT)
    when = field(view, "when", "Day or week", [(one.key, one.title) for one in listed])
    span = next((one for one in listed if one.key == when.chosen), None)
    context = {"fields": (category, when, what), "areas": _area_options(source), "kept": pinned(view)}
    if span is None or not category.chosen:
        return Contents({**context, "ranked": [], "shown": what})
    rows = valued(expected(source, category.chosen, span), what.chosen)
    more = {**pinned(view), "category": category.chosen}
    chart = map_chart(source, rows, category, what, span, more)
    return Contents({**context, "ranked": ranked(rows, more), "shown": what}, (chart,))


def valued(rows: pd.DataFrame, what: str) -> pd.DataFrame:
    """With `times` (expected ÷ ordinary), `value` (what is shown) and `words` (for the pointer)."""
    ordinary = rows["ordinary"].astype(float)
    times = rows["expected"].astype(float) / ordinary.where(ordinary > 0)
    value = times if what == "surprise" else rows[what].astype(float)
    with_values = rows.assign(times=times, value=value)
    return with_values.assign(words=[_words(row) for row in with_values.to_dict("records")])


def _words(row: Mapping[Any, Any]) -> str:
    """Four short lines for the pointer; the line breaks are drawn."""
    lines = [f"{row['place']}, {row['district']}", f"{number(row['expected'])} requests expected"]
    if not np.isnan(row["low"]):
        lines.append(f"80 % of cases: {between(row['low'], row['high'])}")
    if not np.isnan(row["times"]):
        lines.append(f"usually {number(row['ordinary'])} ({row['times']:.1f} times usual)")
    return "\n".join(lines)


def map_chart(
    source: Source, rows: pd.DataFrame, category: Field, what: Field, span: Span, more: Mapping[str, str]
) -> Chart:
    """name: map. The scale of the surprise is fixed, so that two days can be compared; the others follow the values."""
    scale = RATIO_SCALE if what.chosen == "surprise" else rising_scale(rows["value"].tolist())
    traces, layout = drawn(source, rows, scale, more)
    title = f"{title_words(category_words(category.chosen))}: {what.title.lower()}"
    return Chart(
        name="map",
        title=title,
        about=ABOUT[what.chosen].format(span=span.said),
        traces=traces,
        layout=layout,
        columns=COLUMNS,
        rows=[
            (
                str(row["place"]), str(row["district"]),
                *(_cell(row[name]) for name in ("expected", "low", "high", "ordinary", "times")),
            )
            for row in rows.sort_values("value", ascending=False, kind="stable").to_dict("records")
        ],
        size="map",
    )  # fmt: skip


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 2)


def ranked(rows: pd.DataFrame, more: Mapping[str, str]) -> list[dict[str, object]]:
    """The areas with most of what is shown, each with the address of its page."""
    most = rows[rows["value"].notna()].sort_values(["value", "place"], ascending=[False, True], kind="stable")
    return [
        {**{str(k): v for k, v in row.items()}, "url": f"/area?{urlencode({**more, 'area': row['area']})}"}
        for row in most.head(RANKED).to_dict("records")
    ]


def _area_options(source: Source) -> list[tuple[str, str]]:
    """Value and title of every area, by title."""
    named = [(str(area), source.place_and_id(str(area))) for area in source.areas["area"]]
    return sorted(named, key=lambda pair: pair[1])


PAGE = Page("map", "/map", "Map", 30, "map.html.j2", build, asks=("category", "when", "what", "vintage"))
