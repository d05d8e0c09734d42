"""Section "Plan calendar": crews by yard, shift and day, with readiness coloured and said."""

from __future__ import annotations

import pandas as pd

from serving.reading import natural
from serving.report.days import highest
from serving.report.source import Source


def calendar(source: Source) -> dict[str, object]:
    """days, and yards with a readiness word a day and lines of crews: None where a line has no shift that day."""
    roster = source.table("roster")
    days = sorted(set(roster["date"]))
    return {
        "days": days,
        "yards": [_yard(str(yard), rows, days) for yard, rows in roster.groupby("yard", sort=True)],
        "districts": _districts(source),
    }


def _yard(yard: str, rows: pd.DataFrame, days: list[pd.Timestamp]) -> dict[str, object]:
    raised = rows.groupby("date")["readiness"].agg(highest).to_dict()
    lines = [
        {"shift": shift, "crew_type": crew_type, "cells": _cells(line, days)}
        for (shift, crew_type), line in rows.groupby(["shift", "crew_type"], sort=True)
        if line[["crews", "on_readiness"]].to_numpy().any()
    ]
    return {"name": yard, "readiness": [raised.get(day) for day in days], "lines": lines}


def _cells(line: pd.DataFrame, days: list[pd.Timestamp]) -> list[dict[str, object] | None]:
    known: dict[object, dict[str, object]] = {
        row.date: {
            "crews": row.crews, "ready": row.on_readiness, "overtime": row.overtime_hours,
            "contractor": row.contractor_hours, "locked": row.is_locked, "reason": row.reason,
        }
        for row in line.itertuples()
    }  # fmt: skip
    return [known.get(day) for day in days]


def _districts(source: Source) -> dict[str, object]:
    """Readiness by district and day, and a row of reasons for every raised one."""
    table = source.table("readiness")
    days = sorted(set(table["date"]))
    lines = []
    for (category, district), rows in table.groupby(["category", "district"], sort=True):
        level = rows.set_index("date")["level"].to_dict()
        lines.append({"category": category, "district": district, "cells": [level.get(day) for day in days]})
    lines.sort(key=lambda line: (line["category"], natural(str(line["district"]))))
    raised = table[table["level"] != "normal"]
    return {"days": days, "lines": lines, "raised": raised.to_dict("records")}
