"""Sheets to print: a yard's day on A4 with its crews, a map and each crew's open jobs in driving order.

Where no crew has a list (a source of counts only) the sheet names areas instead. A list that is longer than the page
goes on on the next one: no job is left out.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.words import CITY_LEVEL
from serving.crew_lists import CrewList, crew_lists
from serving.export.edition import Edition
from serving.export.sheet_map import Mark, area_marks, drawing, height_beside
from serving.plan_rows import is_firm, kinds_of_work
from serving.reading import next_days
from serving.report.page import asset, render
from serving.words import category_words, long_day, origins_label

MOST_STOPS = 12
"""Areas a page has room for; the rest is counted."""
FIRST_LINES, MORE_LINES = 24, 40
"""Lines of lists a page has room for: below the map, less one a line of the crews' table, and without either."""
WAIT_LINES = 3
"""Lines for what of the listed jobs may still wait, on every page."""
MOST_MARKS = 60
"""Stops on a map; more would hide each other."""
NAMED_REQUESTS = 2
"""Open requests named at a stop, the longest overdue first."""


def sheets_html(edition: Edition, yard: str | None = None) -> bytes:
    """One HTML file that prints one A4 page a yard and day, for the days whose areas are named."""
    roster = edition.table("roster")
    days = next_days(edition.tables)
    chosen = roster[roster["date"].isin(days) & (roster["crews"] + roster["on_readiness"] > 0)]
    pairs = sorted({(str(y), d) for y, d in zip(chosen["yard"], chosen["date"], strict=True) if yard in (None, y)})
    context = {
        "m": edition.manifest,
        "label": origins_label(edition.manifest),
        "css": asset("a4.css"),
        "kinds": [category_words(c) for c in kinds_of_work(edition.tables)],
        "pages": [page for name, day in pairs for page in _pages(edition, name, day, chosen)],
    }
    return render("a4.html.j2", context).encode()


def _pages(edition: Edition, yard: str, day: pd.Timestamp, roster: pd.DataFrame) -> list[dict[str, Any]]:
    """The pages of a yard's day: the first with crews and map, more where the lists are longer."""
    crews = roster[(roster["yard"] == yard) & (roster["date"] == day)]
    site = next((y for y in edition.problem.yards if y.name == yard), None)
    at = (site.lon, site.lat) if site and site.lon is not None and site.lat is not None else None
    name = edition.names
    lists = crew_lists(edition.table("crew_jobs"), yard, day, lambda a: name.get(a, a), edition.manifest.timezone)
    ordered = _driving_order(edition, at, _stops(edition, yard, day))
    told = WAIT_LINES if edition.manifest.may_wait else 0
    parts = paged(lists, max(FIRST_LINES - len(crews) - told, 8), MORE_LINES - told)
    areas = [str(s["area"]) for s in ordered[:MOST_STOPS]]
    lines = sum(len(part["jobs"]) + 1 for part in parts[0]) or sum(
        max(len(s["work"]), len(s["first"])) for s in ordered[:MOST_STOPS]
    )
    height = height_beside(len(crews) + lines + told)
    first = {
        "crews": [{str(k): v for k, v in row.items()} for row in crews.to_dict("records")],
        "map": drawing(edition, at, _marks(edition, lists), whole=False, height=height)
        if lists
        else drawing(edition, at, area_marks(edition, areas), height=height),
        "stops": [] if lists else ordered[:MOST_STOPS],
        "areas": ordered[:MOST_STOPS] if lists else [],
        "more": max(len(ordered) - MOST_STOPS, 0),
        "minutes": sum(s["minutes"] for s in ordered),
    }
    head = {"yard": yard, "day": long_day(day), "of": len(parts)}
    return [{**head, "part": i + 1, "lists": part, **(first if i == 0 else BARE)} for i, part in enumerate(parts)]


BARE: dict[str, Any] = {"crews": [], "map": None, "stops": [], "areas": [], "more": 0, "minutes": 0.0}
"""A further page of a yard's day: lists only."""


def paged(lists: list[CrewList], first: int, more: int) -> list[list[dict[str, Any]]]:
    """Lists parted into pages of so many lines, one for a crew's heading and one a job; at least one page."""
    pages: list[list[dict[str, Any]]] = [[]]
    room = first
    for crew in lists:
        left = list(crew.jobs)
        while left:
            if room < 2:
                pages.append([])
                room = more
            fit, left = left[: room - 1], left[room - 1 :]
            pages[-1].append({"crew": crew, "jobs": fit, "is_continued": fit[0]["stop"] > 1})
            room -= len(fit) + 1
    return pages


def _marks(edition: Edition, lists: list[CrewList]) -> list[Mark]:
    """Every job where it lies, else in the middle of its area."""
    found = []
    for crew in lists:
        for job in crew.jobs:
            at = edition.points.get(job["area"]) if job["lat"] is None else (job["lon"], job["lat"])
            if at is not None:
                found.append(Mark(f"{crew.letter}{job['stop']}", at, job["area"]))
    return found[:MOST_MARKS]


def _stops(edition: Edition, yard: str, day: pd.Timestamp) -> list[dict[str, Any]]:
    """One record an area that is worth sending a crew to by name."""
    rows = edition.table("dispatch")
    rows = rows[(rows["yard"] == yard) & (rows["date"] == day) & (rows["area"] != CITY_LEVEL)]
    firm = rows[is_firm(rows)]
    return [_stop(edition, str(area), part) for area, part in firm.groupby("area", sort=True)]


def _stop(edition: Edition, area: str, rows: pd.DataFrame) -> dict[str, Any]:
    work = rows.groupby("category", sort=True)[["expected_minutes", "expected_served"]].sum()
    backlog = edition.table("backlog")
    here = backlog[(backlog["area"] == area) & backlog["category"].isin(work.index) & ~backlog["is_stale"]]
    first = here.sort_values(["is_late", "age_days", "request_id"], ascending=[False, False, True], kind="stable")
    return {
        "area": area,
        "name": edition.names.get(area, area),
        "work": [
            f"{category_words(str(c))}: {row['expected_served']:.1f} jobs, {row['expected_minutes']:.0f} min"
            for c, row in work.iterrows()
        ],
        "minutes": float(work["expected_minutes"].sum()),
        "open": len(here),
        "late": int(here["is_late"].sum()),
        "first": [f"{r['request_id']} ({r['age_days']:.0f} d)" for r in first.head(NAMED_REQUESTS).to_dict("records")],
        "shifts": ", ".join(sorted(set(rows["shift"]))),
    }


def _driving_order(
    edition: Edition, yard: tuple[float, float] | None, stops: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """From the yard always to the nearest stop left; most minutes first where coordinates are missing."""
    left = sorted(stops, key=lambda s: (-s["minutes"], s["area"]))
    if yard is None or any(s["area"] not in edition.points for s in left):
        return left
    here, ordered = yard, []
    while left:
        nearest = min(left, key=lambda s: (_squared(here, edition.points[s["area"]]), s["area"]))
        left.remove(nearest)
        ordered.append(nearest)
        here = edition.points[nearest["area"]]
    return ordered


def _squared(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) ** 2 * 0.6 + (one[1] - other[1]) ** 2
