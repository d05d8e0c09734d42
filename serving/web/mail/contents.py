"""What a mail of a publication says: what to do, where the crews go, what is expected, what crews cost."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd

from domain.words import CITY_LEVEL
from serving.report.days import days
from serving.report.glance import backlog, crews_out, readiness
from serving.report.source import Source
from serving.web.fan import series
from serving.web.frontier import frontier
from serving.web.mail import pictures
from serving.web.pages.budget import newest_by_scenario
from serving.web.publication import Publication
from serving.web.spans import expected, forecast_days, spans
from serving.web.warned import warnings
from serving.words import between, category_words, modes, number, origins_label, title_words
from storage.budgets import list_budgets, read_budget_file

MOST_SHIFTS = 40
"""Shifts of the next days that are listed: mail programs cut off what is longer than some 100 kB."""
MOST_LINES = 30
"""Lines of the calendar; where there are more, shifts are summed by yard."""
MOST_PLACES = 8


@dataclass(frozen=True)
class Picture:
    """name: letters, digits and dashes. alt: what it shows, for those who do not see it. data: PNG."""

    name: str
    alt: str
    data: bytes


def contents(shown: Publication) -> tuple[dict[str, Any], tuple[Picture, ...]]:
    """For the templates, and the pictures they name. No sample of a bad row is in it, and nobody but who changed the
    plan is named."""
    source, found = shown.source, []
    expecting = []
    for category in source.categories:
        record, own = _expecting(source, category)
        expecting.append(record)
        found += own
    money, chart = _money(shown)
    manifest = shown.manifest
    context = {
        "m": manifest,
        "label": origins_label(manifest),
        "modes": modes(manifest),
        "notes": [*warnings(source), *(note for step in (crews_out, readiness, backlog) for note in step(source))],
        **_shifts(source),
        "expecting": expecting,
        "calendar": _calendar(source),
        "money": money,
    }
    return context, (*found, *chart)


def _shifts(source: Source) -> dict[str, Any]:
    """shifts: one record a yard, shift and crew type of the next working days; unlisted: how many more there are."""
    rows = [
        {"day": day["day"], "yard": yard["name"], **crew}
        for day in days(source)
        for yard in day["yards"]  # type: ignore[attr-defined]
        for crew in yard["crews"]
    ]
    return {"shifts": rows[:MOST_SHIFTS], "unlisted": max(len(rows) - MOST_SHIFTS, 0)}


def _expecting(source: Source, category: str) -> tuple[dict[str, Any], list[Picture]]:
    """A category's days, its areas with most, and its pictures."""
    past, ahead = series(source, category, "city", CITY_LEVEL)
    words = category_words(category)
    slug = "".join(c if c.isalnum() else "-" for c in category.casefold())
    alt = f"{title_words(words)} requests a day in the whole city: counted so far, and expected with ranges"
    own = [Picture(f"fan-{slug}", alt, pictures.fan(past, ahead))] if len(ahead) else []
    week = next((span for span in spans(forecast_days(source)) if len(span.days) > 1), None)
    record: dict[str, Any] = {"category": category, "days": ahead.to_dict("records"), "fan": f"fan-{slug}", "map": ""}
    if week is None:
        return {**record, "week": "", "places": []}, own
    rows = expected(source, category, week)
    drawn = pictures.area_map(source, rows.set_index("area")["expected"].astype(float))
    alt = f"Map of the areas by {words} requests expected, {week.said}"
    own += [] if drawn is None else [Picture(f"map-{slug}", alt, drawn)]
    places = rows[rows["expected"].notna()].sort_values(["expected", "place"], ascending=[False, True], kind="stable")
    most = places.head(MOST_PLACES).to_dict("records")
    told = [{**row, "range": between(row["low"], row["high"])} for row in most]
    return {**record, "map": f"map-{slug}" if drawn else "", "week": week.said, "places": told}, own


def _calendar(source: Source) -> dict[str, Any]:
    """days, and lines of crews on regular work by yard, shift and crew type; by yard where there are too many."""
    roster = source.table("roster")
    keys = ["yard", "shift", "crew_type"]
    if len(roster[keys].drop_duplicates()) > MOST_LINES:
        keys = ["yard"]
    if roster.empty:
        return {"days": [], "lines": [], "is_summed": False}
    wide = roster.pivot_table(index=keys, columns="date", values="crews", aggfunc="sum", observed=True)
    lines = [
        {"name": name if isinstance(name, str) else ", ".join(name), "cells": [_crews(value) for value in row]}
        for name, row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return {"days": list(wide.columns), "lines": lines, "is_summed": keys == ["yard"]}


def _crews(value: float) -> str:
    return "" if pd.isna(value) else number(value)


def _money(shown: Publication) -> tuple[dict[str, Any] | None, tuple[Picture, ...]]:
    """The newest budget of the usual weather, else of any; None where nobody made one."""
    newest = newest_by_scenario(list_budgets(shown.folder))
    if not newest:
        return None, ()
    entry = next(iter(newest.values()))
    mixes = pd.read_csv(BytesIO(read_budget_file(shown.folder, entry.budget_id, "mixes.csv")))
    points = frontier(mixes)
    alt = "What crews cost against how much of the kind of work that does worst is done in time, "
    alt += f"{entry.quarters[0]} to {entry.quarters[-1]}"
    return (
        {"entry": entry, "points": points.to_dict("records")},
        (Picture("money", alt, pictures.frontier(points, entry)),),
    )
