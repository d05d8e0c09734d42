"""The plan as a calendar: yards, their shifts and crew types, a cell a day that leads to its assignment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import pandas as pd

from serving.reading import natural

Slot = tuple[str, str, str, str]
"""Date (YYYY-MM-DD), shift, yard, crew type."""
SLOT = ("date", "shift", "yard", "crew_type")


@dataclass(frozen=True)
class Cell:
    """crews: on regular work. mark: what is special, in words; empty where nothing is."""

    url: str
    crews: int
    ready: int
    overtime: float
    contractor: float
    mark: str
    label: str


def grid(roster: pd.DataFrame, address: str, also: Mapping[str, str], marks: Mapping[Slot, str]) -> dict[str, object]:
    """days, and yards with lines of cells; None where a line has no shift that day. roster: `domain.tables.ROSTER`.
    address, also: where a cell leads, with the slot added. marks: what to say of a slot."""
    days = sorted(set(roster["date"]))
    yards = [
        {"name": yard, "lines": _lines(rows, days, address, also, marks)}
        for yard, rows in sorted(roster.groupby("yard"), key=lambda pair: natural(str(pair[0])))
    ]
    return {"days": days, "yards": yards}


def _lines(
    rows: pd.DataFrame, days: Collection[pd.Timestamp], address: str, also: Mapping[str, str], marks: Mapping[Slot, str]
) -> list[dict[str, object]]:
    lines = []
    for (shift, crew_type), line in rows.groupby(["shift", "crew_type"], sort=True):
        cells = {row.date: _cell(row, address, also, marks) for row in line.itertuples(index=False)}
        lines.append({"shift": shift, "crew_type": crew_type, "cells": [cells.get(day) for day in days]})
    return lines


def _cell(row: object, address: str, also: Mapping[str, str], marks: Mapping[Slot, str]) -> Cell:
    at = slot_of(row.date, row.shift, row.yard, row.crew_type)  # type: ignore[attr-defined]
    url = f"{address}?{urlencode({**also, **dict(zip(SLOT, at, strict=True))})}"
    crews, ready = int(row.crews), int(row.on_readiness)  # type: ignore[attr-defined]
    mark = marks.get(at, "fixed" if row.is_locked else "")  # type: ignore[attr-defined]
    label = f"{at[2]}, {at[1]}, {at[3]}, {at[0]}: {crews} crews" + (f", {ready} held ready" if ready else "")
    overtime, contractor = float(row.overtime_hours), float(row.contractor_hours)  # type: ignore[attr-defined]
    return Cell(url, crews, ready, overtime, contractor, mark, label + (f", {mark}" if mark else ""))


def slot_of(day: pd.Timestamp | date, shift: object, yard: object, crew_type: object) -> Slot:
    return f"{day:%Y-%m-%d}", str(shift), str(yard), str(crew_type)


def at_slot(table: pd.DataFrame, asked: Mapping[str, str]) -> pd.DataFrame:
    """The rows of a table at the slot that an address names; none where it names no such slot."""
    day = pd.to_datetime(asked.get("date", ""), format="%Y-%m-%d", errors="coerce")
    same = table["date"] == day
    for name in SLOT[1:]:
        same &= table[name] == asked.get(name, "")
    return table[same]
