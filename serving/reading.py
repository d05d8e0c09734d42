"""Reading a publication's tables: what is missing is empty and still typed, what is shown is in a fixed order."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from domain.manifest import Manifest
from domain.tables import PUBLISHED
from domain.words import CITY_LEVEL

Tables = Mapping[str, pd.DataFrame]
CONTRACTS = {table.name: table for table in PUBLISHED}


def frame(tables: Tables, name: str) -> pd.DataFrame:
    """A published table sorted by its key, or its empty form. Raises KeyError for a name that is not published."""
    contract = CONTRACTS[name]
    found = tables.get(name)
    if found is None or found.empty:
        return contract.empty()
    return found.sort_values(list(contract.key), kind="stable", ignore_index=True)


def categories(tables: Tables, manifest: Manifest) -> list[str]:
    """Categories in the city's own order, then any that only the forecasts name."""
    ordered = [recipe.category for recipe in manifest.recipes]
    others = sorted(set(frame(tables, "forecasts")["category"]) - set(ordered))
    return [*dict.fromkeys(ordered), *others]


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A sort key that puts District 2 before District 10, and figures before letters."""
    parts = [part for part in re.split(r"([0-9]+)", text) if part]
    return [(False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts]


def districts(tables: Tables) -> list[str]:
    """Districts forecast, sorted."""
    forecasts = frame(tables, "forecasts")
    return sorted(set(forecasts.loc[forecasts["level"] == "district", "area"]), key=natural)


def next_days(tables: Tables, count: int = 2) -> list[pd.Timestamp]:
    """The days for which the plan names areas; where it names none, the first days with crews."""
    dispatch, roster = frame(tables, "dispatch"), frame(tables, "roster")
    named = dispatch.loc[dispatch["area"] != CITY_LEVEL, "date"]
    days = named if len(named) else roster.loc[roster["crews"] > 0, "date"]
    return sorted(set(days))[:count]
