"""One area: its past and what is expected, what is open, what drives it, and areas like it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas as pd

from domain.errors import NotThereError
from serving.report.source import Source
from serving.web.choosing import category_field, field, pinned
from serving.web.comparable import comparable, profiles
from serving.web.drivers import drivers, rows_of, told
from serving.web.fan import fan
from serving.web.open_here import ages, by_category, hidden, listed, open_rows
from serving.web.page import Contents, Page, View
from serving.web.roles import Role
from serving.web.spans import expected, forecast_days, spans

NO_AREA_THERE = "choose an area on the map"


def build(view: View) -> Contents:
    source = view.publication.source
    area, category = _area(view, source), category_field(view)
    if not area or not category.chosen:
        return Contents({"area": None})
    rows = open_rows(view.publication.table("backlog"), area)
    is_hidden = hidden(rows, view.least_shown)
    explained = drivers(source, category.chosen, "area", area)
    charts = [fan(source, category.chosen, "area", area), *([explained] if explained else [])]
    charts += [] if rows.empty or view.least_shown else [ages(rows)]
    context = {
        "area": {"place": source.place_and_id(area), "district": source.district_of.get(area, "")},
        "fields": (category, field(view, "area", "Area", _options(source), area)),
        "kept": pinned(view),
        "weeks": _weeks(source, category.chosen, area),
        "has_history": bool(len(_history(source, area))),
        "told": told(rows_of(source, category.chosen, "area", area)),
        "open": by_category(rows, view.least_shown),
        "is_hidden": is_hidden,
        "listed": listed(rows, view.publication.manifest.timezone) if view.role >= Role.VIEWER else [],
        "like": like(source, area, {**pinned(view), "category": category.chosen}),
    }
    return Contents(context, tuple(charts), title=source.place(area))


def _area(view: View, source: Source) -> str:
    """The area asked for, else the first by name. Raises NotThereError for one that the city does not have."""
    asked, known = view.query.get("area", ""), source.areas["area"].astype(str).tolist()
    if asked and asked not in known:
        raise NotThereError(f"there is no area '{asked[:80]}'", remedy=NO_AREA_THERE)
    return asked or next((value for value, _ in _options(source)), "")


def _options(source: Source) -> list[tuple[str, str]]:
    named = [(str(area), source.place_and_id(str(area))) for area in source.areas["area"]]
    return sorted(named, key=lambda pair: pair[1])


def _history(source: Source, area: str) -> pd.DataFrame:
    table = source.table("history")
    return table[(table["level"] == "area") & (table["area"] == area)]


def _weeks(source: Source, category: str, area: str) -> list[dict[str, Any]]:
    """Each whole week ahead: expected, range, ordinary."""
    weeks = [span for span in spans(forecast_days(source)) if len(span.days) > 1]
    found = []
    for span in weeks:
        rows = expected(source, category, span)
        row = rows[rows["area"] == area].to_dict("records")[0]
        found.append({**{str(k): v for k, v in row.items()}, "title": span.title})
    return found


def like(source: Source, area: str, more: dict[str, str]) -> dict[str, Any]:
    """Areas like this one: categories for the table's head, one row each with a link; the area itself first."""
    profile = profiles(source)
    names = [c for c in source.categories if c in profile.columns]
    nearest = comparable(profile, area)
    rows = [
        {
            "place": source.place_and_id(str(one)),
            "url": f"/area?{urlencode({**more, 'area': str(one)})}",
            "values": [float(week[c]) for c in names],
        }
        for one, week in nearest.iterrows()
    ]
    own = profile.loc[[area], names].to_numpy(dtype=float)[0].tolist() if area in profile.index else []
    return {"categories": names, "rows": rows, "own": own}


PAGE = Page("area", "/area", "Area", None, "area.html.j2", build, asks=("area", "category", "vintage"))
