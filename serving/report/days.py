"""The next two working days, yard by yard: which crews, where they go first, and why."""

from __future__ import annotations

import pandas as pd

from domain.words import CITY_LEVEL
from serving.plan_rows import SMALLEST_STOP
from serving.reading import next_days
from serving.report.source import Source

LEVELS = ("normal", "standby", "call-in", "storm")
STOPS = 5
"""Areas named on a card; the table below the cards has all."""


def days(source: Source) -> list[dict[str, object]]:
    """One record a day: day, and its yards with crews, first stops, how many more, and the reason."""
    roster, dispatch = source.table("roster"), source.table("dispatch")
    found = []
    for day in next_days(source.tables):
        today = roster[(roster["date"] == day) & (roster["crews"] + roster["on_readiness"] > 0)]
        named = dispatch[(dispatch["date"] == day) & (dispatch["area"] != CITY_LEVEL)]
        named = named[named["expected_minutes"] >= SMALLEST_STOP]
        yards = [_yard(source, str(yard), rows, named) for yard, rows in today.groupby("yard", sort=True)]
        found.append({"day": day, "yards": yards, "rows": _rows(source, named)})
    return found


def _yard(source: Source, yard: str, crews: pd.DataFrame, named: pd.DataFrame) -> dict[str, object]:
    stops = _stops(source, named[named["yard"] == yard])
    return {
        "name": yard,
        "readiness": highest(crews["readiness"]),
        "crews": [
            {
                "shift": row.shift, "crew_type": row.crew_type, "crews": row.crews, "ready": row.on_readiness,
                "overtime": row.overtime_hours,
            }
            for row in crews.itertuples()
        ],
        "stops": stops[:STOPS],
        "more": max(len(stops) - STOPS, 0),
        "why": crews.sort_values(["crews", "shift", "crew_type"], ascending=[False, True, True])["reason"].iloc[0],
    }  # fmt: skip


def highest(levels: pd.Series) -> str:
    """The highest of some readiness levels."""
    return str(max(levels, key=LEVELS.index))


def _stops(source: Source, named: pd.DataFrame) -> list[dict[str, object]]:
    """Areas of one yard and day by the money of lateness that going there avoids, then by minutes."""
    summed = ["expected_minutes", "expected_served", "expected_late", "marginal_value"]
    groups = named.sort_values("marginal_value", ascending=False, kind="stable").groupby(
        ["area", "category"], sort=True
    )
    stops = groups[summed].sum().join(groups["reason"].first()).reset_index()
    stops = stops.sort_values(
        ["marginal_value", "expected_minutes", "area", "category"], ascending=[False, False, True, True]
    )
    stops["place"] = stops["area"].map(source.place_and_id)
    return [{str(k): v for k, v in row.items()} for row in stops.to_dict("records")]


def _rows(source: Source, named: pd.DataFrame) -> list[dict[str, object]]:
    """Every stop of the day for the table, in the order of the key."""
    order = ["yard", "shift", "crew_type", "expected_minutes", "area", "category"]
    rows = named.sort_values(order, ascending=[True, True, True, False, True, True], kind="stable")
    rows = rows.assign(place=rows["area"].map(source.place_and_id))
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
