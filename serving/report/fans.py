"""Section "What is coming": counts so far and the range ahead, for the city and each district."""

from __future__ import annotations

import pandas as pd

from domain.words import CITY_LEVEL, QUANTILE_COLUMNS
from serving.reading import districts
from serving.report.page import rounded
from serving.report.source import Source

SHOWN_DAYS = 42
"""Days of history drawn: six weeks show the weekly beat without crowding a phone."""


def data(source: Source) -> dict[str, object]:
    """series[category][place]: q (7, H) in the order of QUANTILE_COLUMNS, mean (H,), history (T,)."""
    forecasts = source.table("forecasts")
    forecasts = forecasts[forecasts["level"] != "area"]
    past = source.table("history")
    past = past[past["level"] != "area"]
    past_days = sorted(set(past["date"]))[-SHOWN_DAYS:]
    counts = past.pivot(index=["category", "area"], columns="date", values="count").reindex(columns=past_days)
    return {
        "dates": [day.strftime("%Y-%m-%d") for day in sorted(set(forecasts["date"]))],
        "past": [day.strftime("%Y-%m-%d") for day in past_days],
        "series": {c: _places(forecasts[forecasts["category"] == c], counts, c) for c in source.categories},
        "places": places(source),
    }


def places(source: Source) -> list[dict[str, str]]:
    """The city first, then the districts, for a selector."""
    return [{"key": CITY_LEVEL, "title": "Whole city"}, *({"key": d, "title": d} for d in districts(source.tables))]


def _places(rows: pd.DataFrame, counts: pd.DataFrame, category: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for area, group in rows.groupby("area", sort=True):
        ordered = group.sort_values("date")
        known = (category, area) in counts.index
        found[str(area)] = {
            "mean": rounded(ordered["mean"]),
            "q": rounded(ordered[list(QUANTILE_COLUMNS)].to_numpy().T, 1),
            "history": rounded(counts.loc[[(category, area)]].to_numpy()[0]) if known else [],
        }
    return found
