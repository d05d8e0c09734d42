"""One vintage as every export reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import shapely

from allocation.problem import Problem
from domain.manifest import Manifest
from serving.reading import frame
from storage.vintages import Vintage

TABLES = ("roster", "dispatch", "readiness", "backlog", "forecasts", "crew_jobs")


@dataclass(frozen=True)
class Edition:
    """tables: by name in `domain.tables.PUBLISHED`. features: those of areas.geojson."""

    manifest: Manifest
    problem: Problem
    tables: Mapping[str, pd.DataFrame]
    features: tuple[dict[str, Any], ...]

    def table(self, name: str) -> pd.DataFrame:
        """A table sorted by its key; empty and typed where there is none."""
        return frame(self.tables, name)

    @property
    def stamp(self) -> datetime:
        """The moment the vintage speaks of: the end of its as-of day (UTC)."""
        return self.moment(self.manifest.as_of + timedelta(days=1), 0)

    def moment(self, day: date, minute: float) -> datetime:
        """A local wall-clock time as UTC; minutes over 1440 run into the next day."""
        days, rest = divmod(int(minute), 1440)
        local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
        return local.replace(tzinfo=ZoneInfo(self.manifest.timezone)).astimezone(UTC)

    @cached_property
    def names(self) -> dict[str, str]:
        """Area -> what people call it."""
        return {str(f["properties"]["area"]): str(f["properties"]["name"]) for f in self.features}

    @cached_property
    def shapes(self) -> dict[str, shapely.Geometry]:
        """Area -> outline; areas without one are left out."""
        given = {f["properties"]["area"]: f["geometry"] for f in self.features if f["geometry"]}
        return {str(a): shapely.from_geojson(json.dumps(g)) for a, g in given.items()}

    @cached_property
    def points(self) -> dict[str, tuple[float, float]]:
        """Area -> longitude and latitude of a point inside."""
        inside = {a: shapely.point_on_surface(s) for a, s in self.shapes.items() if not s.is_empty}
        return {a: (p.x, p.y) for a, p in inside.items()}


def edition(vintage: Vintage) -> Edition:
    """Everything an export needs. Raises VintageBrokenError where a file was altered."""
    tables = {name: vintage.frame(name) for name in TABLES if f"{name}.parquet" in vintage.manifest.files}
    features = json.loads(vintage.bytes("areas.geojson"))["features"]
    problem = Problem.model_validate_json(vintage.bytes("problem.json"))
    return Edition(vintage.manifest, problem, tables, tuple(features))
