"""Maps from a URL and from zipped shapefiles, and requests placed by their outlines."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceUnreadableError
from domain.tables import AREAS
from sources.files import shapefile_zip
from sources.plugins import AreasRead, Context, Requests
from sources.validation.placing import _containing
from tests.sources.weather.bulk_server import Answer, serving

WEST = [(-93.3, 44.9), (-93.3, 45.0), (-93.2, 45.0), (-93.2, 44.9), (-93.3, 44.9)]
EAST = [(-93.2, 44.9), (-93.2, 45.0), (-93.1, 45.0), (-93.1, 44.9), (-93.2, 44.9)]
PROPERTIES = {"properties": {"area": "id"}}


def zipped(names: tuple[str, ...] = ("wards",), prj: str = "", move: Callable[..., Any] | None = None) -> bytes:
    """One layer a name, with the areas W and E."""
    shapefile = pytest.importorskip("shapefile")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            shp, dbf, shx = io.BytesIO(), io.BytesIO(), io.BytesIO()
            with shapefile.Writer(shp=shp, dbf=dbf, shx=shx) as layer:
                layer.field("id", "C", size=10)
                for area, ring in (("W", WEST), ("E", EAST)):
                    layer.poly([[move(*p) if move else p for p in ring]])
                    layer.record(area)
            archive.writestr(f"in/{name}.shp", shp.getvalue())
            archive.writestr(f"in/{name}.dbf", dbf.getvalue())
            if prj:
                archive.writestr(f"in/{name}.prj", prj)
        archive.writestr("../outside.txt", b"never written")
    return packed.getvalue()


def bounds(found: AreasRead) -> dict[str, list[float]]:
    shapes = found.areas.set_index("area")["geometry"].map(shapely.from_geojson)
    return {str(a): np.round(s.bounds, 4).tolist() for a, s in shapes.items()}


def test_a_zipped_shapefile_is_read_like_a_map_and_written_nowhere(read: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "wards.zip").write_bytes(zipped())
    found: AreasRead = read("areas", "files", {"path": "wards.zip", **PROPERTIES})
    assert bounds(found) == {"E": [-93.2, 44.9, -93.1, 45.0], "W": [-93.3, 44.9, -93.2, 45.0]}
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["wards.zip"]


def test_projected_shapes_are_moved_to_degrees_by_their_prj(read: Callable[..., Any], tmp_path: Path) -> None:
    from pyproj import CRS, Transformer

    crs = CRS.from_epsg(26915)
    move = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    (tmp_path / "wards.zip").write_bytes(zipped(prj=crs.to_wkt("WKT1_ESRI"), move=move))
    found: AreasRead = read("areas", "files", {"path": "wards.zip", **PROPERTIES})
    assert bounds(found)["W"] == pytest.approx([-93.3, 44.9, -93.2, 45.0], abs=2e-4)


def test_archives_that_are_no_one_layer_are_refused(
    read: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zipped()
    monkeypatch.setattr(shapefile_zip, "MOST_BYTES", 100)
    for body, why in (
        (zipped(("a", "b")), "holds 2 shapefiles"),
        (whole[:200], "not a whole zip"),
        (whole, "more than 100 bytes"),
    ):
        (tmp_path / "wards.zip").write_bytes(body)
        with pytest.raises(SourceUnreadableError, match=why):
            read("areas", "files", {"path": "wards.zip", **PROPERTIES})


def test_a_map_at_a_url_is_kept_and_its_copy_used_when_the_server_fails(read: Callable[..., Any]) -> None:
    feature = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Polygon", "coordinates": [WEST]}}
    with serving() as server:
        server.answers["/wards.geojson"] = Answer(
            json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        )
        settings = {"path": f"{server.url}/wards.geojson", **PROPERTIES}
        first: AreasRead = read("areas", "files", settings)
        server.answers["/wards.geojson"] = Answer(b"gone", 403)
        second: AreasRead = read("areas", "files", settings)
    assert second.areas.equals(first.areas)
    assert first.notes == ()
    assert "the server answered 403); the copy of" in second.notes[0]
    assert "Testville: areas" in second.notes[0]


@pytest.fixture
def two_areas() -> pd.DataFrame:
    rows = [
        {
            "city": "testville",
            "area": a,
            "name": a,
            "district": "all",
            "geometry": shapely.to_geojson(shapely.Polygon(r)),
        }
        for a, r in (("E", EAST), ("W", WEST))
    ]
    return AREAS.validate(pd.DataFrame(rows).assign(population=None, lat=None, lon=None))


def test_rows_without_an_area_are_placed_by_their_point_where_the_yaml_asks(
    check: Callable[..., Requests], rows: Callable[..., pd.DataFrame], make_context: Callable[..., Context],
    two_areas: pd.DataFrame, rules_used: Callable[..., Any],
) -> None:  # fmt: skip
    raw = rows(
        area=[None, None, None, "W", None],
        lat=["44.95", "44.95", "45.2", "44.95", None],
        lon=["-93.25", "-93.15", "-93.15", "-93.15", None],
    )
    found = check(raw, make_context(two_areas), place_by_geometry=True)
    assert found.rows is not None
    assert found.rows.sort_values("request_id")["area"].tolist() == ["W", "E", "", "W", ""]
    assert rules_used(found)["area not given: that of the outline around the point"] == (2, " → W")
    assert rules_used(found)["area not given and the point lies in no outline: no area"][0] == 1
    plain = check(raw, make_context(two_areas)).rows
    assert plain is not None
    assert (plain["area"] == "").sum() == 4


def test_noise_is_placed_and_keeps_the_area_but_never_the_point(
    check: Callable[..., Requests], rows: Callable[..., pd.DataFrame], make_context: Callable[..., Context],
    two_areas: pd.DataFrame,
) -> None:  # fmt: skip
    found = check(rows(label=["noise"], area=[None], lon=["-93.25"]), make_context(two_areas), place_by_geometry=True)
    assert found.rows is not None
    assert found.rows["area"].tolist() == ["W"]
    assert found.rows[["lat", "lon"]].isna().all(axis=None)
    assert "93.25" not in found.corrections.to_csv()


@given(st.lists(st.tuples(st.floats(44.85, 45.05), st.floats(-93.35, -93.05)), max_size=20))
def test_every_point_goes_to_the_first_outline_that_holds_it(points: list[tuple[float, float]]) -> None:
    shapes = [shapely.Polygon(EAST), shapely.Polygon(WEST)]
    lat, lon = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    found = _containing(pd.Series([shapely.to_geojson(s) for s in shapes]), lat, lon)
    for at, (north, east) in zip(found, points, strict=True):
        holding = [i for i, s in enumerate(shapes) if s.intersects(shapely.Point(east, north))]
        assert at == (holding[0] if holding else -1)
