"""The next two working days, yard by yard and crew by crew: where they go first, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from domain.words import CITY_LEVEL
from serving.crew_lists import crew_lists
from serving.plan_rows import LIKELIEST, SMALLEST_STOP, is_firm
from serving.reading import next_days
from serving.report.source import Source
from serving.words import listing, number
from serving.worth import LEAST, lateness_without

Slot = tuple[object, ...]
"""Date, shift, yard, crew type."""
SLOT = ["date", "shift", "yard", "crew_type"]
LEVELS = ("normal", "standby", "call-in", "storm")
STOPS = 4
"""Areas named for a crew on a card; the table below the cards has all."""


def days(source: Source) -> list[dict[str, object]]:
    """One record a day: day, its yards with each crew's first stops and reason, and every stop for a table."""
    roster, dispatch = source.table("roster"), source.table("dispatch")
    bought = _by_slot(source.table("assignments"))
    found = []
    for day in next_days(source.tables):
        today = roster[(roster["date"] == day) & (roster["crews"] + roster["on_readiness"] > 0)]
        named = dispatch[(dispatch["date"] == day) & (dispatch["area"] != CITY_LEVEL)]
        work = _by_slot(_ranked(source, named))
        yards = [_yard(source, str(yard), rows, work, bought) for yard, rows in today.groupby("yard", sort=True)]
        found.append({"day": day, "yards": yards, "rows": _rows(source, named)})
    return found


def _by_slot(rows: pd.DataFrame) -> dict[Slot, list[dict[Any, Any]]]:
    """The rows of each slot in their order: a frame filtered anew for each crew takes longer than all else here."""
    found: dict[Slot, list[dict[Any, Any]]] = defaultdict(list)
    for slot, row in zip(rows[SLOT].itertuples(index=False, name=None), rows.to_dict("records"), strict=True):
        found[slot].append(row)
    return found


def _yard(
    source: Source,
    yard: str,
    crews: pd.DataFrame,
    work: dict[Slot, list[dict[Any, Any]]],
    bought: dict[Slot, list[dict[Any, Any]]],
) -> dict[str, object]:
    day = crews["date"].iloc[0]
    lists = crew_lists(source.table("crew_jobs"), yard, day, source.place, source.manifest.timezone)
    rows = [(row, (day, row.shift, yard, row.crew_type)) for row in crews.itertuples()]
    return {
        "name": yard,
        "readiness": highest(crews["readiness"]),
        "crews": [
            {
                "shift": row.shift, "crew_type": row.crew_type, "crews": row.crews, "ready": row.on_readiness,
                "overtime": row.overtime_hours, "why": row.reason,
                "buys": _buys(bought.get(slot, []), is_manned=bool(row.crews)),
                "lists": [c for c in lists if (c.shift, c.crew_type) == (row.shift, row.crew_type)],
                **_work(work.get(slot, [])),
            }
            for row, slot in rows
        ],
    }  # fmt: skip


def _buys(assigned: list[dict[Any, Any]], *, is_manned: bool) -> str:
    """What would go wrong without these crews, in words; empty where no reasons are published. is_manned: some are on
    regular work."""
    if not assigned:
        return ""
    row = assigned[0]
    missed = float(row["missed_requests_avoided"])
    told = lateness_without(row) if is_manned else []
    told += [f"{number(missed)} event requests would be missed"] if missed >= LEAST else []
    return listing(told)


def highest(levels: pd.Series) -> str:
    """The highest of some readiness levels."""
    return str(max(levels, key=LEVELS.index))


def _ranked(source: Source, named: pd.DataFrame) -> pd.DataFrame:
    """Places by the money of lateness that going there avoids, with their names and whether they are stops."""
    order = ["marginal_value", "expected_minutes", "area", "category"]
    ranked = named.sort_values(order, ascending=[False, False, True, True], kind="stable")
    return ranked.assign(place=ranked["area"].map(source.place_and_id).astype("str"), is_firm=is_firm(ranked))


def _work(ranked: list[dict[Any, Any]]) -> dict[str, object]:
    """stops: the first places of one crew. more: further stops. loose: minutes left for what comes in, and
    loose_places: where that is likeliest."""
    stops = [row for row in ranked if row["is_firm"]]
    rest = [row for row in ranked if not row["is_firm"]]
    rest.sort(key=lambda row: (-row["expected_minutes"], row["area"]))
    likely = dict.fromkeys(row["place"] for row in rest if row["expected_minutes"] >= SMALLEST_STOP)
    return {
        "stops": [{str(k): v for k, v in row.items() if k != "is_firm"} for row in stops[:STOPS]],
        "more": max(len(stops) - STOPS, 0),
        "loose": float(np.sum([row["expected_minutes"] for row in rest])),
        "loose_places": listing(list(likely)[:LIKELIEST]),
    }


def _rows(source: Source, named: pd.DataFrame) -> list[dict[str, object]]:
    """Every stop of the day for the table, in the order of the key."""
    named = named[named["expected_minutes"] >= SMALLEST_STOP]
    order = ["yard", "shift", "crew_type", "expected_minutes", "area", "category"]
    rows = named.sort_values(order, ascending=[True, True, True, False, True, True], kind="stable")
    rows = rows.assign(place=rows["area"].map(source.place_and_id))
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
