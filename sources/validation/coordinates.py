"""Coordinates: degrees inside the city, or none. A row is never lost for its coordinates."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats
from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.steps import Correction, Mask, Step, correction, set_aside, text

MARGIN = 0.2
"""Degrees around the map within which a point is taken as of the city (its outline may be coarse)."""
ROWS_MARGIN = 1.5
"""Degrees around the yards or the median point, where there is no map."""

FAR = "outside the city"
OUTSIDE = f"coordinates {FAR}: dropped"
"""The rule under which points outside the city are counted."""


class Box(NamedTuple):
    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: Floats, lon: Floats) -> Mask:
        inside: NDArray[np.bool_] = (lat >= self.south) & (lat <= self.north) & (lon >= self.west) & (lon <= self.east)
        return inside


@dataclass(frozen=True)
class Points:
    """Coordinates on their way through the rules: lat, lon are changed in place; notes say which and why."""

    lat: Floats
    lon: Floats
    written: pd.Series
    notes: list[Correction | None] = field(default_factory=list)

    def drop(self, mask: Mask, why: str) -> None:
        self.notes.append(correction(f"coordinates {why}: dropped", mask, self.written, None))
        self.lat[mask], self.lon[mask] = np.nan, np.nan

    def place(self, mask: Mask, lat: Floats, lon: Floats, rule: str) -> None:
        """New values (one a row in `mask`)."""
        self.lat[mask], self.lon[mask] = lat, lon
        first = f"{lat[0]:.5f}, {lon[0]:.5f}" if len(lat) else ""
        self.notes.append(correction(rule, mask, self.written, first))


def check_coordinates(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """`lat` and `lon` in degrees, both or neither.

    Rules, in this order: withheld where the category keeps none; dropped where unreadable, half given, or 0, 0;
    projected ones converted where `crs` names their system, else dropped; exchanged where only that lands them in
    the city; dropped where they lie outside it.
    """
    withheld = rows["category"].isin([c.category for c in ctx.plan.categories if not c.keep_coordinates]).to_numpy()
    lat, lon = (text(rows[c], rules.missing).mask(withheld) for c in ("lat", "lon"))
    points = Points(_numbers(lat), _numbers(lon), lat.fillna("none") + ", " + lon.fillna("none"))
    half = ~(np.isfinite(points.lat) & np.isfinite(points.lon))
    points.drop((lat.notna() | lon.notna()).to_numpy() & half, "unreadable or half given")
    points.drop((points.lat == 0) & (points.lon == 0), "at 0, 0")
    _project(points, rules.crs)
    box = city_box(rules, ctx, points.lat, points.lon)
    swapped = ~box.holds(points.lat, points.lon) & box.holds(points.lon, points.lat)
    points.place(swapped, points.lon[swapped], points.lat[swapped], "latitude and longitude exchanged")
    points.drop(np.isfinite(points.lat) & ~box.holds(points.lat, points.lon), FAR)
    return set_aside(rows.assign(lat=points.lat, lon=points.lon), [], points.notes)


def degrees(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> tuple[Floats, Floats]:
    """Latitude and longitude as `check_coordinates` would clean them, of every category, and nothing noted."""
    lat, lon = (text(rows[c], rules.missing) for c in ("lat", "lon"))
    points = Points(_numbers(lat), _numbers(lon), lat)
    half = ~(np.isfinite(points.lat) & np.isfinite(points.lon))
    points.drop(half | ((points.lat == 0) & (points.lon == 0)), "unusable")
    _project(points, rules.crs)
    box = city_box(rules, ctx, points.lat, points.lon)
    swapped = ~box.holds(points.lat, points.lon) & box.holds(points.lon, points.lat)
    points.place(swapped, points.lon[swapped], points.lat[swapped], "exchanged")
    return points.lat, points.lon


def _project(points: Points, crs: str | None) -> None:
    """Values that are no degrees: converted from `crs`, or dropped where none is named."""
    projected = (np.abs(points.lat) > 180) | (np.abs(points.lon) > 180)
    if crs is None:
        points.drop(projected, "not in degrees (no crs is named)")
    elif projected.any():
        lat, lon = _to_degrees(points.lat[projected], points.lon[projected], crs)
        points.place(projected, lat, lon, f"coordinates converted from {crs}")
        points.drop(projected & ~np.isfinite(points.lat), f"that {crs} cannot place")


def city_box(rules: RequestRules, ctx: Context, lat: Floats, lon: Floats) -> Box:
    """Where points of the city lie: as stated, else around the map, the yards, the median of the rows.

    Yards come first, as rows with latitude and longitude exchanged throughout look like another city.
    """
    if rules.box is not None:
        return Box(*rules.box)
    on_map = None if ctx.areas is None else _map_box(ctx.areas)
    if on_map is not None:
        return on_map
    yards = [(y.lat, y.lon) for y in ctx.plan.city.crews.yards if y.lat is not None and y.lon is not None]
    likely = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    if yards:
        lat, lon = np.array(yards, dtype=float).T
    elif likely.any():
        lat, lon = lat[likely], lon[likely]
    else:
        return Box(-90, -180, 90, 180)
    south, west = float(np.median(lat)), float(np.median(lon))
    return Box(south - ROWS_MARGIN, west - ROWS_MARGIN, south + ROWS_MARGIN, west + ROWS_MARGIN)


def _map_box(areas: pd.DataFrame) -> Box | None:
    corners = [_bounds(json.loads(str(g))["coordinates"]) for g in areas["geometry"] if g]
    centres = areas[["lat", "lon"]].dropna().to_numpy(dtype=float)
    points = np.vstack([*corners, centres[:, [1, 0]]]) if corners or len(centres) else None
    if points is None:
        return None
    west, south = points.min(axis=0) - MARGIN
    east, north = points.max(axis=0) + MARGIN
    return Box(float(south), float(west), float(north), float(east))


def _bounds(coordinates: object) -> Floats:
    """(2, 2) lower and upper corner (lon, lat) of nested GeoJSON coordinates."""
    found: list[list[float]] = []
    stack = [coordinates]
    while stack:
        here = stack.pop()
        if isinstance(here, list) and here and isinstance(here[0], int | float):
            found.append(here[:2])
        elif isinstance(here, list):
            stack.extend(here)
    points = np.array(found, dtype=float)
    return np.vstack([points.min(axis=0), points.max(axis=0)])


def _numbers(values: pd.Series) -> Floats:
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan, copy=True)


def _to_degrees(north: Floats, east: Floats, crs: str) -> tuple[Floats, Floats]:
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(east, north)
    return np.where(np.isfinite(lat), lat, np.nan), np.where(np.isfinite(lon), lon, np.nan)
