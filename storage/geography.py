"""Areas in the order of every A axis: who borders whom, and where each lies."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from domain.city import CityPlan
from domain.panel import AreaMap, Floats
from domain.tables import AREAS
from domain.words import NO_AREA
from storage.snapshot import Snapshot

TOLERANCE_DEGREES = 0.0005
"""Outlines closer than this (about 50 m) are neighbours: digitised borders rarely meet exactly."""


def natural_order(names: Iterable[str]) -> list[str]:
    """Sorted as people count: 2 before 10."""

    def key(name: str) -> tuple[list[tuple[bool, int, str]], str]:
        pieces = re.findall(r"\d+|\D+", name)
        return [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p.casefold()) for p in pieces], name

    return sorted(names, key=key)


def read_areas(snapshot: Snapshot, plan: CityPlan, counts: pd.DataFrame, located: pd.DataFrame) -> AreaMap:
    """The areas of the map, or where there is none, those of the rows, all in one district.

    counts, located: rows known by the origin (`storage.demand`). An area without a position of its own takes the
    median of its located requests.
    """
    table = snapshot.frame(AREAS).set_index("area")
    names = natural_order(table.index if len(table) else set(counts["area"].unique()) - {NO_AREA})
    on_map = table.reindex(names)
    unplaced = on_map.index[on_map["lat"].isna() | on_map["lon"].isna()]
    middles = located[located["area"].isin(unplaced)].groupby("area")[["lat", "lon"]].median().reindex(names)
    district = on_map["district"] if len(table) else pd.Series(plan.city.title, index=names)

    def numbers(column: pd.Series) -> Floats:
        values: Floats = column.to_numpy(dtype=np.float64)
        return values

    return AreaMap(
        names=tuple(names),
        district=tuple(district),
        population=numbers(on_map["population"]),
        lat=numbers(on_map["lat"].fillna(middles["lat"])),
        lon=numbers(on_map["lon"].fillna(middles["lon"])),
        neighbours=neighbours(on_map["geometry"].fillna("") if len(table) else [""] * len(names)),
    )


def neighbours(outlines: Iterable[str]) -> NDArray[np.bool_]:
    """Which outlines (GeoJSON, empty where unknown) touch, overlap or nearly touch: (A, A), symmetric, no diagonal."""
    texts = list(outlines)
    shapes = np.array([shapely.from_geojson(t) if t else None for t in texts], dtype=object)
    near = np.zeros((len(texts), len(texts)), dtype=bool)
    if not any(texts):
        return near
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=TOLERANCE_DEGREES)
    near[one, other] = near[other, one] = True
    np.fill_diagonal(near, False)
    return near
