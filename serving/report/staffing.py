"""Section "Staffing hints": people by shift and day, for work that another owner answers."""

from __future__ import annotations

import pandas as pd

from domain.words import CITY_LEVEL
from serving.reading import natural
from serving.report.source import Source


def hints(source: Source) -> list[dict[str, object]]:
    """One record a category and owner: days, city lines by shift, and lines by district."""
    table = source.table("staffing_hints")
    return [
        _hint(source, str(category), str(owner), rows)
        for (category, owner), rows in table.groupby(["category", "owner"], sort=True)
    ]


def _hint(source: Source, category: str, owner: str, rows: pd.DataFrame) -> dict[str, object]:
    days = sorted(set(rows["date"]))
    lines = [
        {
            "place": source.place(str(district)),
            "is_city": district == CITY_LEVEL,
            "shift": shift,
            "cells": _cells(line, days),
        }
        for (district, shift), line in rows.groupby(["district", "shift"], sort=True)
    ]
    lines.sort(key=lambda line: (natural(str(line["place"])), str(line["shift"])))
    return {
        "category": category,
        "owner": owner,
        "days": days,
        "certainty": float(rows["certainty"].min()),
        "city": [line for line in lines if line["is_city"]],
        "districts": [line for line in lines if not line["is_city"]],
    }


def _cells(line: pd.DataFrame, days: list[pd.Timestamp]) -> list[dict[str, object] | None]:
    known: dict[object, dict[str, object]] = {
        row.date: {"staff": row.staff, "expected": row.expected_requests, "upper": row.upper_requests}
        for row in line.itertuples()
    }
    return [known.get(day) for day in days]
