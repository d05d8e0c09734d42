"""GeoJSON geometries → valid polygons in degrees, repairs counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely

from domain.errors import SourceUnreadableError
from sources.validation.steps import Correction, correction

DEGREES = ("CRS84", "4326", "OGC:1.3:CRS84")


class Outlines(NamedTuple):
    """shapes: a polygon or multipolygon a feature, None where it has none."""

    shapes: list[shapely.Geometry | None]
    corrections: list[Correction]


def refuse_projected(content: Mapping[str, object], path: Path) -> None:
    """Raises SourceUnreadableError where the file names a reference system that is not WGS 84."""
    crs = json.dumps(content.get("crs")) if content.get("crs") else ""
    if crs and not any(name in crs for name in DEGREES):
        raise _projected(path, f"its crs is {crs[:120]}")


def repaired(geometries: list[object], ids: pd.Series, path: Path) -> Outlines:
    """Polygons of the features; self-crossing ones made valid. ids: what to call each in an example.

    Raises SourceUnreadableError where coordinates are no degrees, or a geometry cannot be read.
    """
    shapes = [
        _shape(geometry, f"{path}: the geometry of area '{area}'")
        for geometry, area in zip(geometries, ids, strict=True)
    ]
    broken = np.array([s is not None and not s.is_valid for s in shapes])
    fixed = [_polygons(shapely.make_valid(s) if b else s) for s, b in zip(shapes, broken, strict=True)]
    lost = np.array([f is None or f.is_empty for f in fixed])
    for shape in fixed:
        if shape is not None and not shape.is_empty:
            _check_degrees(shape, path)
    notes = [
        correction("invalid outline: repaired", broken & ~lost, ids, "valid"),
        correction("area without an outline", lost, ids, None),
    ]
    return Outlines(
        [None if gone else f for f, gone in zip(fixed, lost, strict=True)], [n for n in notes if n is not None]
    )


def _shape(geometry: object, what: str) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.GEOSException as error:
        raise SourceUnreadableError(
            f"{what} cannot be read: {str(error).split('; last read')[0]}",
            remedy="correct it, set it to null (an area without an outline), or export the GeoJSON again",
        ) from error


def _polygons(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """The polygonal part: a repair may leave lines and points beside it."""
    if shape is None or shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else None


def _check_degrees(shape: shapely.Geometry, path: Path) -> None:
    west, south, east, north = shape.bounds
    if min(west, -east) < -180 or min(south, -north) < -90:
        raise _projected(path, f"it has a point at {west:.1f}, {south:.1f}")


def _projected(path: Path, why: str) -> SourceUnreadableError:
    return SourceUnreadableError(
        f"{path} is not in degrees of longitude and latitude (WGS 84): {why}",
        remedy="export the GeoJSON in WGS 84 (EPSG:4326)",
        file=path,
    )
