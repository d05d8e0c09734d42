"""Open work orders of a city's own system in place of 311's open rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from domain.errors import SourceUnreadableError
from domain.tables import OPEN_WORK
from sources.plugins import Kind, Requests


def open_work(
    sections: Mapping[Kind, object], read: Callable[[], Requests], city: str
) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """The orders that are open, and what the plan must say of them; None where the city names no export.

    Where no row has a status or a closing date, all are open. An export that cannot be read costs no plan: None and
    why, and 311's open rows stand in.
    """
    if "open_work" not in sections:
        return None, ()
    try:
        found = read()
    except SourceUnreadableError as error:
        return None, (f"opening backlog: 311's open rows stand in, {error.what}",)
    rows = found.rows if found.rows is not None else pd.DataFrame()
    is_open = rows["status"] != "closed" if found.has_backlog else rows["status"].notna()
    orders = rows[is_open].assign(city=city)[list(OPEN_WORK.schema.columns)]
    unusable = f"; {len(found.quarantine):,} rows cannot be used" if len(found.quarantine) else ""
    return orders, (f"opening backlog: {len(orders):,} open work orders take the place of 311's open rows{unusable}",)
