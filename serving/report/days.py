"""The next two working days, yard by yard and crew by crew: where they go first, and why."""

from __future__ import annotations

import pandas as pd

from domain.words import CITY_LEVEL
from serving.crew_lists import crew_lists
from serving.plan_rows import LIKELIEST, SMALLEST_STOP, is_firm
from serving.reading import next_days
from serving.report.source import Source
from serving.words import listing, number
from serving.worth import LEAST, lateness_without

LEVELS = ("normal", "standby", "call-in", "storm")
STOPS = 4
"""Areas named for a crew on a card; the table below the cards has all."""


def days(source: Source) -> list[dict[str, object]]:
    """One record a day: day, its yards with each crew's first stops and reason, and every stop for a table."""
    roster, dispatch = source.table("roster"), source.table("dispatch")
    found = []
    for day in next_days(source.tables):
        today = roster[(roster["date"] == day) & (roster["crews"] + roster["on_readiness"] > 0)]
        named = dispatch[(dispatch["date"] == day) & (dispatch["area"] != CITY_LEVEL)]
        yards = [_yard(source, str(yard), rows, named) for yard, rows in today.groupby("yard", sort=True)]
        found.append({"day": day, "yards": yards, "rows": _rows(source, named)})
    return found


def _yard(source: Source, yard: str, crews: pd.DataFrame, named: pd.DataFrame) -> dict[str, object]:
    here = named[named["yard"] == yard]
    day = crews["date"].iloc[0]
    lists = crew_lists(source.table("crew_jobs"), yard, day, source.place, source.manifest.timezone)
    return {
        "name": yard,
        "readiness": highest(crews["readiness"]),
        "crews": [
            {
                "shift": row.shift, "crew_type": row.crew_type, "crews": row.crews, "ready": row.on_readiness,
                "overtime": row.overtime_hours, "why": row.reason,
                "buys": _buys(source, (day, row.shift, yard, row.crew_type), is_manned=bool(row.crews)),
                "lists": [c for c in lists if (c.shift, c.crew_type) == (row.shift, row.crew_type)],
                **_work(source, here[(here["shift"] == row.shift) & (here["crew_type"] == row.crew_type)]),
            }
            for row in crews.itertuples()
        ],
    }  # fmt: skip


def _buys(source: Source, slot: tuple[object, ...], *, is_manned: bool) -> str:
    """What would go wrong without these crews, in words; empty where no reasons are published. is_manned: some are on
    regular work."""
    table = source.table("assignments")
    for name, value in zip(("date", "shift", "yard", "crew_type"), slot, strict=True):
        table = table[table[name] == value]
    if table.empty:
        return ""
    row = table.iloc[0]
    missed = float(row["missed_requests_avoided"])
    told = lateness_without(row.to_dict()) if is_manned else []
    told += [f"{number(missed)} event requests would be missed"] if missed >= LEAST else []
    return listing(told)


def highest(levels: pd.Series) -> str:
    """The highest of some readiness levels."""
    return str(max(levels, key=LEVELS.index))


def _work(source: Source, rows: pd.DataFrame) -> dict[str, object]:
    """stops: the first places of one crew by the money of lateness that going there avoids. more: further stops.
    loose: minutes left for what comes in, and loose_places: where that is likeliest."""
    order = ["marginal_value", "expected_minutes", "area", "category"]
    ranked = rows.sort_values(order, ascending=[False, False, True, True], kind="stable")
    ranked = ranked.assign(place=ranked["area"].map(source.place_and_id).astype("str"))
    firm = is_firm(ranked)
    stops = [{str(k): v for k, v in row.items()} for row in ranked[firm].to_dict("records")]
    rest = ranked[~firm].sort_values(["expected_minutes", "area"], ascending=[False, True], kind="stable")
    likely = rest.loc[rest["expected_minutes"] >= SMALLEST_STOP, "place"].drop_duplicates()[:LIKELIEST]
    return {
        "stops": stops[:STOPS],
        "more": max(len(stops) - STOPS, 0),
        "loose": float(rest["expected_minutes"].sum()),
        "loose_places": listing(likely.tolist()),
    }


def _rows(source: Source, named: pd.DataFrame) -> list[dict[str, object]]:
    """Every stop of the day for the table, in the order of the key."""
    named = named[named["expected_minutes"] >= SMALLEST_STOP]
    order = ["yard", "shift", "crew_type", "expected_minutes", "area", "category"]
    rows = named.sort_values(order, ascending=[True, True, True, False, True, True], kind="stable")
    rows = rows.assign(place=rows["area"].map(source.place_and_id))
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
