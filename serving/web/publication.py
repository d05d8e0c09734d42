"""One vintage as every page and answer of a request reads it: opened once, its tables read when first asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any

import pandas as pd
import shapely

from allocation.problem import Problem
from domain.errors import NothingPublishedError, VintageBrokenError
from domain.manifest import Manifest
from domain.tables import AREAS, PUBLISHED
from serving.reading import frame
from serving.report.source import Source
from serving.web.discreet import DiscreetTables
from storage.home import CityFolder
from storage.vintages import Vintage, read_vintage

NAMES = tuple(t.name for t in PUBLISHED)


class LazyTables(Mapping[str, pd.DataFrame]):
    """The tables of a vintage by name, each read and checked against its hash once. Readers must not change them."""

    def __init__(self, vintage: Vintage) -> None:
        self._vintage = vintage
        self._names = tuple(n for n in NAMES if f"{n}.parquet" in vintage.manifest.files)
        self._read: dict[str, pd.DataFrame] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(name)
        with self._lock:
            if name not in self._read:
                self._read[name] = self._vintage.frame(name)
            return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class SortedOnce(Source):
    """Tables sorted by their keys when first asked for, as a publication does not change. Readers must not change them
    either."""

    @cached_property
    def _sorted(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str) -> pd.DataFrame:
        if name not in self._sorted:
            self._sorted[name] = frame(self.tables, name)
        return self._sorted[name]


@dataclass(frozen=True)
class Publication:
    """vintage: what was published. folder: the city's, for what lies beside it (snapshots, actuals, evaluations)."""

    vintage: Vintage
    folder: CityFolder
    tables: Mapping[str, pd.DataFrame]

    @property
    def manifest(self) -> Manifest:
        return self.vintage.manifest

    @property
    def id(self) -> str:
        return self.manifest.vintage_id

    def table(self, name: str) -> pd.DataFrame:
        """A published table sorted by its key; empty and typed where there is none. Not to be changed."""
        return self.source.table(name)

    def discreet(self, least: int) -> Publication:
        """The same as the public may read it: no fewer than `least` open requests told apart; itself where 0."""
        if not least:
            return self
        return self._discreet.setdefault(
            least, Publication(self.vintage, self.folder, DiscreetTables(self.tables, least))
        )

    @cached_property
    def _discreet(self) -> dict[int, Publication]:
        return {}

    @cached_property
    def source(self) -> Source:
        """What the sections of the report read, so that pages can share them."""
        return SortedOnce(self.tables, self.manifest, self.areas)

    @cached_property
    def problem(self) -> Problem:
        """Yards, shifts, crews, work and travel that the plan was made for."""
        return Problem.model_validate_json(self.vintage.bytes("problem.json"))

    @cached_property
    def features(self) -> tuple[dict[str, Any], ...]:
        """The areas as GeoJSON features with area, name and district; geometry may be None."""
        return tuple(json.loads(self.vintage.bytes("areas.geojson"))["features"])

    @cached_property
    def areas(self) -> pd.DataFrame:
        """The areas as `domain.tables.AREAS`; population is not published, so it is missing."""
        return _areas(self.features, self.manifest.city)

    @cached_property
    def previous(self) -> Publication | None:
        """The vintage whose roster this plan started from; None where there was none or it is gone."""
        named = self.manifest.previous
        if named is None:
            return None
        try:
            return publication(read_vintage(self.folder, named), self.folder)
        except (NothingPublishedError, VintageBrokenError):
            return None


def publication(vintage: Vintage, folder: CityFolder) -> Publication:
    """Opens a vintage. Raises VintageBrokenError where its manifest cannot be read."""
    return Publication(vintage, folder, LazyTables(vintage))


def _areas(features: tuple[dict[str, Any], ...], city: str) -> pd.DataFrame:
    if not features:
        return AREAS.empty()
    texts = ["" if f["geometry"] is None else json.dumps(f["geometry"]) for f in features]
    points = [_inside(text) for text in texts]
    columns = {key: [str(f["properties"][key]) for f in features] for key in ("area", "name", "district")}
    lat, lon = [p[0] for p in points], [p[1] for p in points]
    table = pd.DataFrame(
        {"city": city, **columns, "geometry": texts, "population": float("nan"), "lat": lat, "lon": lon}
    )
    return AREAS.validate(table)


def _inside(geometry: str) -> tuple[float, float]:
    """Degrees north and east of a point inside; NaN where there is no outline."""
    shape = shapely.from_geojson(geometry, on_invalid="ignore") if geometry else None
    if shape is None or shape.is_empty:
        return float("nan"), float("nan")
    point = shapely.point_on_surface(shape)
    return float(point.y), float(point.x)
