"""Requests without an area: the area whose outline holds their point, where the YAML asks for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from domain.panel import Floats
from domain.words import NO_AREA
from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.coordinates import degrees
from sources.validation.steps import Step, correction, set_aside


def check_placed(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """`area` of rows that name none, by point in outline; runs before coordinates are checked, and withheld.

    A category that keeps no coordinates is placed by them all the same and keeps the area only. A point on a border
    goes to the first area by name; one outside every outline stays without an area. Nothing is shown of the points.
    """
    if not rules.place_by_geometry or ctx.areas is None:
        return Step(rows)
    mapped = ctx.areas[ctx.areas["geometry"] != ""].sort_values("area", ignore_index=True)
    here = np.flatnonzero((rows["area"] == NO_AREA).to_numpy(dtype=bool))
    if mapped.empty or not len(here):
        return Step(rows)
    lat, lon = degrees(rows.iloc[here], rules, ctx)
    at = _containing(mapped["geometry"], lat, lon)
    area = rows["area"].copy()
    area.iloc[here[at >= 0]] = mapped["area"].to_numpy(dtype=object)[at[at >= 0]]
    placed = (area != rows["area"]).to_numpy(dtype=bool)
    outside = np.zeros(len(rows), dtype=bool)
    outside[here[(at < 0) & np.isfinite(lat)]] = True
    return set_aside(
        rows.assign(area=area),
        [],
        [
            correction("area not given: that of the outline around the point", placed, rows["area"], area),
            correction("area not given and the point lies in no outline: no area", outside, rows["area"], NO_AREA),
        ],
    )


def _containing(outlines: pd.Series, lat: Floats, lon: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """(n,) position of the first outline that holds each point, -1 where none does."""
    tree = shapely.STRtree(shapely.from_geojson(outlines.to_numpy(dtype=object)))
    found = np.full(len(lat), len(outlines), dtype=np.intp)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    point, outline = tree.query(shapely.points(lon[known], lat[known]), predicate="intersects")
    np.minimum.at(found, known[point], outline)
    return np.where(found == len(outlines), -1, found)
