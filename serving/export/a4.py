"""Sheets to print: one A4 page a yard and day with crews, a map of the stops and the list in driving order."""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.words import CITY_LEVEL
from serving.export.edition import Edition
from serving.export.sheet_map import drawing
from serving.plan_rows import is_firm
from serving.reading import next_days
from serving.report.page import asset, render
from serving.words import category_words, long_day, origins_label

MOST_STOPS = 12
"""Stops a page has room for; the rest is counted."""
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
        "pages": [_page(edition, name, day, chosen) for name, day in pairs],
    }
    return render("a4.html.j2", context).encode()


def _page(edition: Edition, yard: str, day: pd.Timestamp, roster: pd.DataFrame) -> dict[str, Any]:
    crews = roster[(roster["yard"] == yard) & (roster["date"] == day)]
    stops = _stops(edition, yard, day)
    site = next((y for y in edition.problem.yards if y.name == yard), None)
    at = (site.lon, site.lat) if site and site.lon is not None and site.lat is not None else None
    ordered = _driving_order(edition, at, stops)
    listed = ordered[:MOST_STOPS]
    return {
        "yard": yard,
        "day": long_day(day),
        "crews": [{str(k): v for k, v in row.items()} for row in crews.to_dict("records")],
        "map": drawing(edition, at, [str(s["area"]) for s in listed]),
        "stops": listed,
        "more": len(ordered) - len(listed),
        "minutes": sum(s["minutes"] for s in ordered),
    }


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
