"""The plan as a map for other tools: GeoJSON (RFC 7946), areas and yards with what the plan says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import shapely

from domain.words import CITY_LEVEL
from serving.export.edition import Edition
from serving.reading import next_days
from serving.words import origins_label

DECIMALS = 6
"""RFC 7946, 11.2: six places are about 10 cm."""
WEEK = 7
COUNTED = ["crews", "on_readiness", "overtime_hours"]


def plan_geojson(edition: Edition) -> bytes:
    """A FeatureCollection in WGS 84, longitude first, outer rings counterclockwise, no `crs`.

    Areas: by category requests expected over the first WEEK days, open and late requests now, and minutes and jobs
    expected on each day for which areas are named. Yards: crews by date, on regular work and held ready besides, with
    their overtime. Without an outline the geometry is null.
    """
    told = edition.manifest
    members = {
        "type": "FeatureCollection",
        "features": [*_areas(edition), *_yards(edition)],
        "vintage_id": told.vintage_id,
        "as_of": told.as_of.isoformat(),
        "note": origins_label(told),
        "attribution": list(told.attribution),
    }
    return json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _areas(edition: Edition) -> Iterator[dict[str, Any]]:
    expected, waiting, work = _expected(edition), _waiting(edition), _work(edition)
    for feature in edition.features:
        area = str(feature["properties"]["area"])
        shape = edition.shapes.get(area)
        yield {
            "type": "Feature",
            "id": f"area:{area}",
            "geometry": None if shape is None or shape.is_empty else _geometry(shape),
            "properties": {
                "kind": "area",
                **feature["properties"],
                **{f"{c}_expected_{WEEK}_days": v for c, v in expected.get(area, {}).items()},
                **waiting.get(area, {}),
                "plan": work.get(area, []),
            },
        }


def _yards(edition: Edition) -> Iterator[dict[str, Any]]:
    roster = edition.table("roster")
    for yard in edition.problem.yards:
        rows = roster[(roster["yard"] == yard.name) & (roster["crews"] + roster["on_readiness"] > 0)]
        placed = yard.lat is not None and yard.lon is not None
        yield {
            "type": "Feature",
            "id": f"yard:{yard.name}",
            "geometry": {"type": "Point", "coordinates": [yard.lon, yard.lat]} if placed else None,
            "properties": {
                "kind": "yard",
                "name": yard.name,
                "crews": [
                    {
                        "date": f"{r['date']:%Y-%m-%d}",
                        "shift": r["shift"],
                        "crew_type": r["crew_type"],
                        "crews": r["crews"],
                        "held_ready": r["on_readiness"],
                        "overtime_hours": round(r["overtime_hours"], 2),
                    }
                    for r in rows[["date", "shift", "crew_type", *COUNTED]].to_dict("records")
                ],
            },
        }


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    """Rounded, and oriented as the right-hand rule of RFC 7946, 3.1.6 wants it."""
    turned = shapely.orient_polygons(shape, exterior_cw=False)
    exact: dict[str, Any] = json.loads(shapely.to_geojson(turned))
    exact["coordinates"] = _rounded(exact["coordinates"])
    return exact


def _rounded(values: Any) -> Any:
    return [_rounded(v) for v in values] if isinstance(values, list) else round(values, DECIMALS)


def _expected(edition: Edition) -> dict[str, dict[str, float]]:
    """Mean requests by area and category over the first WEEK days."""
    rows = edition.table("forecasts")
    rows = rows[(rows["level"] == "area") & rows["date"].isin(sorted(set(rows["date"]))[:WEEK])]
    sums = rows.groupby(["area", "category"], sort=True)["mean"].sum()
    return _nested({key: round(float(v), 2) for key, v in sums.items()})


def _waiting(edition: Edition) -> dict[str, dict[str, int]]:
    """Open and late requests by area, those listed apart as stale left out."""
    rows = edition.table("backlog")
    rows = rows[~rows["is_stale"]]
    counted = rows.groupby(["area", "category"], sort=True)["is_late"].agg(["size", "sum"])
    found: dict[Any, int] = {}
    for row in counted.reset_index().to_dict("records"):
        found[row["area"], f"{row['category']}_open"] = int(row["size"])
        found[row["area"], f"{row['category']}_late"] = int(row["sum"])
    return _nested(found)


def _work(edition: Edition) -> dict[str, list[dict[str, Any]]]:
    """By area the plan's rows of the named days."""
    rows = edition.table("dispatch")
    rows = rows[rows["date"].isin(next_days(edition.tables)) & (rows["area"] != CITY_LEVEL)]
    return {
        str(area): [_entry(row) for row in part.to_dict("records")] for area, part in rows.groupby("area", sort=True)
    }


def _entry(row: dict[Any, Any]) -> dict[str, Any]:
    names = {n: row[n] for n in ("shift", "yard", "crew_type", "category", "reason")}
    figures = {n: round(float(row[n]), 2) for n in ("expected_minutes", "expected_served", "expected_late")}
    return {"date": f"{pd.Timestamp(row['date']):%Y-%m-%d}", **names, **figures}


def _nested(flat: dict[Any, Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for (area, name), value in flat.items():
        nested.setdefault(str(area), {})[str(name)] = value
    return nested
