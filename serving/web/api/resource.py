"""A table that the API gives: who may see it, how its rows are found, in which formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from domain.words import CITY_LEVEL
from serving.web.api import rows
from serving.web.api.formats import Format
from serving.web.publication import Publication
from serving.web.roles import Role

Shapes = Sequence[Mapping[str, Any] | None]
TABLE = (Format.JSON, Format.CSV, Format.PARQUET)
MAP = (Format.JSON, Format.CSV, Format.GEOJSON, Format.PARQUET)


@dataclass(frozen=True)
class Resource:
    """name: the last part of its address. shapes: a geometry for each row, for GeoJSON."""

    name: str
    rows: Callable[[Publication, rows.Asked, rows.Reader], pd.DataFrame]
    formats: tuple[Format, ...] = TABLE
    least: Role = Role.PUBLIC
    shapes: Callable[[Publication, pd.DataFrame], Shapes] | None = None


def outlines(shown: Publication, table: pd.DataFrame) -> Shapes:
    """The outline of each row's area; null for districts, the city and areas without one."""
    known = {str(f["properties"]["area"]): f["geometry"] for f in shown.features}
    levels = table["level"] if "level" in table else pd.Series("area", index=table.index)
    return [
        known.get(str(area)) if level == "area" and area != CITY_LEVEL else None
        for area, level in zip(table["area"], levels, strict=True)
    ]


def points(shown: Publication, table: pd.DataFrame) -> Shapes:
    """Each row's own point, longitude first."""
    return [
        {"type": "Point", "coordinates": [round(float(lon), 6), round(float(lat), 6)]}
        for lat, lon in zip(table["lat"], table["lon"], strict=True)
    ]


def yard_points(shown: Publication, table: pd.DataFrame) -> Shapes:
    """Where each row's yard lies; null where that is not known."""
    has_problem = "problem.json" in shown.manifest.files
    sites = {y.name: (y.lat, y.lon) for y in shown.problem.yards} if has_problem else {}
    return [_point(*sites.get(str(yard), (None, None))) for yard in table["yard"]]


def _point(lat: float | None, lon: float | None) -> Mapping[str, Any] | None:
    return None if lat is None or lon is None else {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


FORECASTS = Resource("forecasts", rows.forecasts, MAP, shapes=outlines)
PLAN = Resource("plan", rows.plan, MAP, shapes=yard_points)
REASONS = Resource("reasons", rows.reasons)
WORKLISTS = Resource("worklists", rows.worklists, MAP, Role.VIEWER, points)
SCORES = Resource("scores", rows.scores)
HEALTH = Resource("health", rows.health)
AREAS = Resource("areas", rows.areas, MAP, shapes=outlines)
