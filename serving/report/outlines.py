"""Outlines small enough to travel in one page: simplified to what a screen can show, rounded, oriented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

MOST_POINTS = 15_000
DECIMALS = 4
"""Of a degree: 11 m."""

Line = list[float | None]


def outlines(areas: pd.DataFrame) -> list[dict[str, Line]] | None:
    """x and y (degrees) of each area's rings, parts separated by None, in the order of `areas`.

    An area without a usable outline has empty lists. None where no area has one: there is no map then.
    """
    shapes = shapely.from_geojson(areas["geometry"].fillna("").to_numpy(dtype=object), on_invalid="ignore")
    polygonal = np.isin(shapely.get_type_id(shapes), [3, 6])
    if not polygonal.any():
        return None
    return [_rings(shape) if ok else {"x": [], "y": []} for shape, ok in zip(_light(shapes), polygonal, strict=True)]


def _light(shapes: NDArray[Any]) -> NDArray[Any]:
    """The shapes, coarser and coarser until they hold few enough points together."""
    bounds = shapely.total_bounds(shapes)
    tolerance = float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])) / 2000
    light = shapely.simplify(shapes, tolerance)
    while shapely.get_num_coordinates(light).sum() > MOST_POINTS and tolerance < 1:
        tolerance *= 1.5
        light = shapely.simplify(shapes, tolerance)
    # Holes run against their outer ring, so a fill by winding leaves them open.
    oriented: NDArray[Any] = shapely.orient_polygons(light)
    return oriented


def _rings(shape: shapely.Geometry) -> dict[str, Line]:
    x: Line = []
    y: Line = []
    for part in shapely.get_parts(shape):
        for ring in shapely.get_rings(part):
            points = shapely.get_coordinates(ring).round(DECIMALS)
            x += [*([None] if x else []), *points[:, 0].tolist()]
            y += [*([None] if y else []), *points[:, 1].tolist()]
    return {"x": x, "y": y}
