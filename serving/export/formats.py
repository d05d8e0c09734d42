"""Which files each format makes of a vintage."""

from __future__ import annotations

import re
from collections.abc import Callable

from serving.export.a4 import sheets_html
from serving.export.edition import edition
from serving.export.geojson import plan_geojson
from serving.export.ics import yard_calendar
from serving.sheet_yard import yard_names
from storage.vintages import Vintage

Files = dict[str, bytes]


def _csv(vintage: Vintage) -> Files:
    return {"plan.csv": vintage.bytes("plan.csv")}


def _xlsx(vintage: Vintage) -> Files:
    return {"plan.xlsx": vintage.bytes("plan.xlsx")}


def _geojson(vintage: Vintage) -> Files:
    return {"plan.geojson": plan_geojson(edition(vintage))}


def _a4(vintage: Vintage) -> Files:
    return {"sheets.html": sheets_html(edition(vintage))}


def _ics(vintage: Vintage) -> Files:
    read = edition(vintage)
    yards = yard_names(read.tables)
    names = file_names(yards)
    return {f"{name}.ics": yard_calendar(read, yard) for name, yard in zip(names, yards, strict=True)}


FORMATS: dict[str, Callable[[Vintage], Files]] = {
    "csv": _csv,
    "geojson": _geojson,
    "ics": _ics,
    "a4": _a4,
    "xlsx": _xlsx,
}
"""csv and xlsx are the vintage's own files, byte for byte."""


def file_names(yards: list[str]) -> list[str]:
    """A name a yard that every file system takes, none twice."""
    names: list[str] = []
    for yard in yards:
        plain = re.sub(r"[^a-z0-9]+", "-", yard.casefold()).strip("-") or "yard"
        taken = {plain, *(f"{plain}-{i}" for i in range(2, len(yards) + 2))} - set(names)
        names.append(plain if plain in taken else min(taken, key=lambda n: (len(n), n)))
    return names
