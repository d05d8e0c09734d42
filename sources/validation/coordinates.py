"""Coordinates: degrees inside the city, or none. A row is never lost for its coordinates."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats
from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.steps import Mask, Step, correction, set_aside, text

MARGIN = 0.2
"""Degrees around the map within which a point is taken as of the city (its outline may be coarse)."""
ROWS_MARGIN = 1.5
"""Degrees around the median point, where there is no map."""


class Box(NamedTuple):
    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: Floats, lon: Floats) -> Mask:
        inside: NDArray[np.bool_] = (lat >= self.south) & (lat <= self.north) & (lon >= self.west) & (lon <= self.east)
        return inside


def check_coordinates(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """`lat` and `lon` in degrees, both or neither.

    Rules, in this order: withheld where the category keeps none; dropped where unreadable, half given, or 0, 0;
    projected ones converted where `crs` names their system, else dropped; exchanged where only that lands them in
    the city; dropped where they lie outside it.
    """
    withheld = rows["category"].isin([c.category for c in ctx.plan.categories if not c.keep_coordinates]).to_numpy()
    lat_text, lon_text = (
        text(rows["lat"], rules.missing).mask(withheld),
        text(rows["lon"], rules.missing).mask(withheld),
    )
    written = lat_text.fillna("none") + ", " + lon_text.fillna("none")
    given = (lat_text.notna() | lon_text.notna()).to_numpy()
    lat, lon = _numbers(lat_text), _numbers(lon_text)
    notes = []

    def drop(mask: Mask, why: str) -> None:
        notes.append(correction(f"coordinates {why}: dropped", mask, written, None))
        lat[mask], lon[mask] = np.nan, np.nan

    drop(given & ~(np.isfinite(lat) & np.isfinite(lon)), "unreadable or half given")
    drop((lat == 0) & (lon == 0), "at 0, 0")
    projected = (np.abs(lat) > 180) | (np.abs(lon) > 180)
    if rules.crs is None:
        drop(projected, "not in degrees (no crs is named)")
    elif projected.any():
        lat[projected], lon[projected] = _to_degrees(lat[projected], lon[projected], rules.crs)
        notes.append(
            correction(f"coordinates converted from {rules.crs}", projected, written, _pair(lat, lon, projected))
        )
        drop(projected & ~np.isfinite(lat), f"that {rules.crs} cannot place")
    box = city_box(rules, ctx, lat, lon)
    swapped = ~box.holds(lat, lon) & box.holds(lon, lat)
    lat[swapped], lon[swapped] = lon[swapped], lat[swapped]
    notes.append(correction("latitude and longitude exchanged", swapped, written, _pair(lat, lon, swapped)))
    drop(np.isfinite(lat) & ~box.holds(lat, lon), "outside the city")
    return set_aside(rows.assign(lat=lat, lon=lon), [], notes)


def city_box(rules: RequestRules, ctx: Context, lat: Floats, lon: Floats) -> Box:
    """Where points of the city lie: as stated, else around the map, else around the median of the rows."""
    if rules.box is not None:
        return Box(*rules.box)
    on_map = None if ctx.areas is None else _map_box(ctx.areas)
    if on_map is not None:
        return on_map
    likely = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    if not likely.any():
        return Box(-90, -180, 90, 180)
    south, west = float(np.median(lat[likely])), float(np.median(lon[likely]))
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


def _pair(lat: Floats, lon: Floats, mask: Mask) -> str:
    where = np.flatnonzero(mask)
    return f"{lat[where[0]]:.5f}, {lon[where[0]]:.5f}" if len(where) else ""
