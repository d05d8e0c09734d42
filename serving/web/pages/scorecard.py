"""Scorecard: past forecasts against what came, how often ranges held, skill, replays of decisions, models used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from serving.report.accuracy import accuracy
from serving.report.replay import replay_words
from serving.web.choosing import Field, category_field
from serving.web.earlier import beside, one_a_day
from serving.web.evidence import came, coverage, skill
from serving.web.lineage import lineage
from serving.web.page import Contents, Page, View
from serving.web.past import LEVELS, MOST, by_level, judged
from serving.web.past_weeks import judged_weeks
from serving.web.publication import Publication
from serving.words import number, percent


def build(view: View) -> Contents:
    shown, category = view.publication, category_field(view)
    earlier = one_a_day(shown, MOST)
    rows = judged(shown, earlier)
    scores = scored(shown, earlier, rows)
    charts = (came(shown.source, rows, category.chosen), skill(shown.source), coverage(shown.source))
    manifests = [shown.manifest, *(one.manifest for one in earlier)]
    return Contents(
        {
            "fields": (category,),
            "earlier": len(earlier),
            "lines": _lines(scores, shown.source.categories),
            "first": rows["date"].min() if len(rows) else None,
            "last": rows["date"].max() if len(rows) else None,
            "evidence": accuracy(shown.source),
            "replay": replay_words(shown.source),
            "evaluation": shown.manifest.evaluation,
            "used": [(c, lineage(manifests, c)) for c in shown.source.categories],
            "words": verdict(scores, category),
        },
        tuple(chart for chart in charts if chart is not None),
    )


def scored(shown: Publication, earlier: Sequence[Publication], days: pd.DataFrame) -> pd.DataFrame:
    """`past.by_level` of days and of whole weeks."""
    return pd.concat([by_level(days), by_level(judged_weeks(shown, earlier))], ignore_index=True)


def _lines(scores: pd.DataFrame, categories: list[str]) -> list[dict[str, Any]]:
    """In the city's order, levels from the smallest to the largest."""
    order = {name: i for i, name in enumerate(categories)}
    levels = {name: i for i, name in enumerate(LEVELS)}
    ranked = sorted(scores.to_dict("records"), key=lambda r: (order.get(r["category"], 99), levels[r["level"]]))
    return [{**{str(k): v for k, v in row.items()}, "level_words": LEVELS[row["level"]]} for row in ranked]


def verdict(scores: pd.DataFrame, category: Field) -> str:
    """One sentence on the chosen category's city days; empty where none has passed."""
    rows = scores[(scores["category"] == category.chosen) & (scores["level"] == "city")].to_dict("records")
    if not rows:
        return ""
    row = rows[0]
    said = (
        f"{category.title}, whole city: expectations were off by {number(row['error'])} requests a day on average, and "
        f"the range for 80 % of cases held in {percent(row['cover80'])} of {row['days']} forecasts of a day."
    )
    if pd.isna(row["skill"]):
        return said
    way = "lower" if row["skill"] > 0 else "higher"
    return f"{said} The error was {percent(abs(row['skill']))} {way} than that of a spreadsheet’s rule."


PAGE = Page(
    "scorecard", "/scorecard", "Scorecard", 50, "scorecard.html.j2", build, asks=("category", "vintage"), beside=beside
)
