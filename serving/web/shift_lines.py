"""What a shift sheet asks, one line a shift and crew type of a yard's day, and what was filed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from allocation.promised import SLOT, promised_shifts
from domain.errors import WhatIfError
from serving.web.publication import Publication

COLUMNS = ("date", "yard", "shift", "crew_type", "crews", "hours", "reason")
"""Columns of a filed sheet beside `jobs_CATEGORY`."""
LONGEST = 20


@dataclass(frozen=True)
class Line:
    """at: its number on the form. crews, hours: as planned. work: kinds of work that the crew type does."""

    at: int
    shift: str
    crew_type: str
    crews: float
    hours: float
    work: tuple[str, ...]


def lines(shown: Publication, yard: str, day: date) -> list[Line]:
    """The yard's manned shifts of the day; those without crews are left out."""
    roster = shown.table("roster")
    rows = roster[(roster["yard"] == yard) & (roster["date"] == pd.Timestamp(day))]
    planned = promised_shifts(shown.problem, rows)
    manned = planned[planned["planned_crews"] > 0].sort_values(SLOT, kind="stable")
    return [
        Line(at, str(r["shift"]), str(r["crew_type"]), float(r["planned_crews"]), float(r["planned_hours"]),
             work_of(shown, str(r["crew_type"])))
        for at, r in enumerate(manned.to_dict("records"))
    ]  # fmt: skip


def work_of(shown: Publication, crew_type: str) -> tuple[str, ...]:
    """Kinds of work that crews of this type do."""
    return tuple(w.category for w in shown.problem.work if w.is_crewed and crew_type in w.minutes)


def sheet(
    given: Mapping[str, str], asked: list[Line], yard: str, day: date
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows of the sheet that the form stands for; a line without a number of crews was not filled in.

    Raises WhatIfError where no line was.
    """
    kinds = tuple(dict.fromkeys(c for line in asked for c in line.work))
    rows = []
    for line in asked:

        def cell(name: str, at: int = line.at) -> str:
            return str(given.get(f"{name}-{at}", "")).strip()[: LONGEST * 2]

        if cell("crews"):
            jobs = tuple(cell(f"jobs_{c}") if c in line.work else "" for c in kinds)
            head = (day.isoformat(), yard, line.shift, line.crew_type, cell("crews"), cell("hours"), cell("reason"))
            rows.append((*head, *jobs))
    if not rows:
        raise WhatIfError("nothing was filled in", remedy="give at least the crews and hours of one shift")
    return (*COLUMNS, *(f"jobs_{c}" for c in kinds)), tuple(rows)


def done(actuals: pd.DataFrame, jobs: pd.DataFrame, yard: str, day: date) -> list[dict[str, Any]]:
    """What was filed for the yard's day: planned against done, jobs in words, why the plan was left."""
    rows = actuals[(actuals["yard"] == yard) & (actuals["date"] == pd.Timestamp(day))]
    counted = jobs[(jobs["yard"] == yard) & (jobs["date"] == pd.Timestamp(day))]
    found = []
    for row in rows.sort_values(SLOT, kind="stable").to_dict("records"):
        own = counted[(counted["shift"] == row["shift"]) & (counted["crew_type"] == row["crew_type"])]
        words = ", ".join(f"{int(j['jobs'])} {j['category']}" for j in own.to_dict("records"))
        found.append({**{str(k): v for k, v in row.items()}, "jobs": words})
    return found
