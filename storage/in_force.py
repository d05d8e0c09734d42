"""Which publication was the plan for a day: the newest one made before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.errors import VintageBrokenError
from storage.home import CityFolder
from storage.vintages import Vintage, list_vintages, read_vintage

AS_OF_LENGTH = len("2025-03-16")


def plans_in_force(folder: CityFolder, days: Iterable[date]) -> dict[date, Vintage]:
    """Day → the vintage of the latest as-of day before it, in its newest revision, that plans it; days without one left
    out. Vintages that cannot be read are passed over."""
    names = list_vintages(folder)
    opened: dict[str, Vintage | None] = {}
    found = {}
    for day in sorted(set(days)):
        for name in reversed([n for n in names if n[:AS_OF_LENGTH] < day.isoformat()]):
            vintage = opened[name] if name in opened else opened.setdefault(name, _opened(folder, name))
            if vintage is not None and vintage.manifest.first_date <= day <= vintage.manifest.last_date:
                found[day] = vintage
                break
    return found


def _opened(folder: CityFolder, name: str) -> Vintage | None:
    try:
        return read_vintage(folder, name)
    except VintageBrokenError:
        return None
