"""No map: the areas are those that the rows name, in one district, without outlines."""

from __future__ import annotations

from domain.category import Strict
from domain.tables import AREAS, CORRECTIONS
from sources.plugins import AreasRead, Context, Plugin


class FromRows(Strict):
    """`areas: {kind: from_rows}` has no settings."""


def read(config: FromRows, ctx: Context) -> AreasRead:
    """An empty table, which tells storage to take the areas from the rows."""
    return AreasRead(AREAS.empty(), CORRECTIONS.empty(), {})


PLUGIN = Plugin(FromRows, read)
