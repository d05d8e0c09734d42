"""Section "Worklist": places to look at before they break, on the map and as a table."""

from __future__ import annotations

from serving.report.page import rounded
from serving.report.source import Source

DRAWN = 25
"""Places a category on the map and in its table; plan.xlsx has all."""

LISTED = 10
"""Of these, how many are listed with their reasons."""


def worklist(source: Source) -> list[dict[str, object]]:
    """The first places of each category, best first."""
    table = source.table("worklist").sort_values(["category", "rank", "place"], kind="stable")
    first = table.groupby("category", sort=False).head(DRAWN)
    first = first.assign(name=first["area"].map(source.place))
    return [
        {"category": c, "rows": first[first["category"] == c].to_dict("records")}
        for c in source.categories
        if (first["category"] == c).any()
    ]


def data(source: Source) -> dict[str, object]:
    """Coordinates and labels of the same places by category."""
    return {str(group["category"]): _points(group["rows"]) for group in worklist(source)}


def _points(rows: object) -> dict[str, object]:
    records = rows if isinstance(rows, list) else []
    return {
        "x": rounded([r["lon"] for r in records], 5),
        "y": rounded([r["lat"] for r in records], 5),
        "rank": [int(r["rank"]) for r in records],
        "area": [str(r["name"]) for r in records],
        "expected": rounded([r["expected_incidents"] for r in records]),
    }
