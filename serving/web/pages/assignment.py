"""One assignment: how many crews, why, where they go, what it buys, what else they could do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.errors import NotThereError
from domain.words import CITY_LEVEL
from serving.plan_rows import is_firm
from serving.web.page import Contents, Page, View
from serving.web.plan_grid import SLOT, at_slot
from serving.web.publication import Publication
from serving.web.roles import Role
from serving.words import listing, short_day
from serving.worth import lateness_without

NO_SLOT = "use a link of the calendar"


def build(view: View) -> Contents:
    told = assignment(view.publication, dict(view.query))
    title = f"{told['yard']}, {told['shift']} of {short_day(told['date'])}: {told['crew_type']}"
    return Contents({"one": told, "may_change": view.role >= Role.PLANNER}, title=title)


def assignment(shown: Publication, asked: dict[str, str]) -> dict[str, Any]:
    """The roster's row at the slot, its `why` (columns of `domain.tables.ASSIGNMENTS`, None where there is none),
    what would be late `without` it in words, and its `stops`. Raises NotThereError where nothing is planned there."""
    rows = at_slot(shown.table("roster"), asked)
    if rows.empty:
        where = ", ".join(asked.get(name, "") for name in SLOT)[:160]
        raise NotThereError(f"no shift is planned at {where}", remedy=NO_SLOT)
    why = at_slot(shown.table("assignments"), asked).to_dict("records")
    row = {str(k): v for k, v in rows.iloc[0].to_dict().items()}
    stops = _stops(shown, at_slot(shown.table("dispatch"), asked))
    without = listing(lateness_without(why[0])) if why and row["crews"] else ""
    return {**row, "why": why[0] if why else None, "without": without, "stops": stops}


def _stops(shown: Publication, dispatch: pd.DataFrame) -> list[dict[str, Any]]:
    """Places worth naming, the most minutes first; none on later days."""
    named = dispatch[is_firm(dispatch) & (dispatch["area"] != CITY_LEVEL)]
    ordered = named.sort_values("expected_minutes", ascending=False, kind="stable")
    return [
        {**{str(k): v for k, v in row.items()}, "place": shown.source.place_and_id(str(row["area"]))}
        for row in ordered.to_dict("records")
    ]


PAGE = Page("assignment", "/plan/assignment", "Assignment", None, "assignment.html.j2", build, asks=SLOT)
