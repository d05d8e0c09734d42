"""Areas from GeoJSON: repaired, joined, in degrees."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from domain.errors import ColumnMissingError, SourceUnreadableError

Read = Callable[..., Any]
Corners = list[list[float]]
SETTINGS: dict[str, Any] = {"path": "map.geojson", "properties": {"area": "id"}}
BOW_TIE: Corners = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]


def square(x: float = 0.0, size: float = 1.0) -> Corners:
    return [[x, 0], [x + size, 0], [x + size, size], [x, size], [x, 0]]


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., None]:
    """Writes map.geojson with one feature for each (properties, corners)."""

    def write(*features: tuple[dict[str, Any], Corners | None], **members: Any) -> None:
        drawn = [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": None if corners is None else {"type": "Polygon", "coordinates": [corners]},
            }
            for properties, corners in features
        ]
        content = {"type": "FeatureCollection", "features": drawn} | members
        (tmp_path / "map.geojson").write_text(json.dumps(content), encoding="utf-8")

    return write


def test_ids_of_any_spelling_names_and_populations_are_taken_over(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": 8.0, "n": "Eight", "p": 1200}, square()), ({"id": 9, "n": None, "p": "x"}, square(2)))
    found = read("areas", "files", SETTINGS | {"properties": {"area": "id", "name": "n", "population": "p"}})
    assert found.areas[["area", "name", "district"]].to_numpy().tolist() == [["8", "Eight", "all"], ["9", "9", "all"]]
    assert found.areas["population"].fillna(-1).tolist() == [1200, -1]
    assert "population that is no number ≥ 0: none" in set(found.corrections["rule"])


def test_the_point_of_an_area_lies_inside_it(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, [[0, 0], [4, 0], [4, 4], [3, 4], [3, 1], [0, 1], [0, 0]]))
    area = read("areas", "files", SETTINGS).areas.iloc[0]
    assert shapely.from_geojson(area["geometry"]).contains(shapely.Point(area["lon"], area["lat"]))


def test_a_crossed_outline_is_repaired_and_counted(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, BOW_TIE), ({"id": "b"}, square()))
    found = read("areas", "files", SETTINGS)
    outlines = [shapely.from_geojson(g) for g in found.areas["geometry"]]
    assert all(o.is_valid and o.area > 0 for o in outlines)
    assert found.corrections[["rule", "rows", "example"]].to_numpy().tolist()[0] == [
        "invalid outline: repaired",
        1,
        "a → valid",
    ]


def test_features_of_one_id_are_one_area(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, square()), ({"id": "a"}, square(5)), ({"id": "b"}, None))
    found = read("areas", "files", SETTINGS)
    assert found.areas["area"].tolist() == ["a", "b"]
    assert shapely.from_geojson(found.areas.loc[0, "geometry"]).area == pytest.approx(2)
    assert found.areas.loc[1, "geometry"] == ""
    assert set(found.corrections["rule"]) >= {"several features with one area id: joined", "area without an outline"}


def test_features_without_an_id_are_counted_and_left_out(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, square()), ({"id": None}, square(2)), ({"id": "*"}, square(4)))
    found = read("areas", "files", SETTINGS)
    assert found.areas["area"].tolist() == ["a"]
    assert found.corrections.set_index("rule").loc["feature without an area id (or with '*'): not an area", "rows"] == 2


def test_districts_come_from_the_yaml_over_the_table_over_the_map(
    draw: Callable[..., None], read: Read, tmp_path: Path
) -> None:
    draw(*[({"id": i, "d": "map"}, square(i)) for i in (1, 2, 3)])
    (tmp_path / "areas.csv").write_text("ward,side,people\n01,table,10\n2,table,20\n7,table,5\n", encoding="utf-8")
    table = {"path": "areas.csv", "columns": {"area": "ward", "district": "side", "population": "people"}}
    settings = {"path": "map.geojson", "properties": {"area": "id", "district": "d"}, "table": table}
    found = read("areas", "files", settings | {"districts": {"yaml": [1, 99]}})
    assert found.areas["district"].tolist() == ["yaml", "table", "map"]
    assert found.areas["population"].fillna(-1).tolist() == [10, 20, -1]
    assert list(found.files) == ["map.geojson", "areas.csv"]
    assert set(found.corrections["rule"]) == {
        "row of the table whose area is not on the map: left out",
        "area of `districts` that is not on the map: left out",
    }


@pytest.mark.parametrize(
    ("corners", "members"),
    [
        ([[500000, 0], [500001, 0], [500001, 1], [500000, 0]], {}),
        (square(), {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2278"}}}),
    ],
)
def test_a_projected_map_is_refused(corners: Corners, members: Any, draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, corners), **members)
    with pytest.raises(SourceUnreadableError, match="not in degrees") as error:
        read("areas", "files", SETTINGS)
    assert "EPSG:4326" in error.value.remedy


def test_degrees_named_in_the_old_way_are_taken(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, square()), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})
    assert len(read("areas", "files", SETTINGS).areas) == 1


def test_a_property_that_is_not_there_names_those_that_are(draw: Callable[..., None], read: Read) -> None:
    draw(({"ident": "a", "name": "A"}, square()))
    with pytest.raises(ColumnMissingError, match=r"property 'id' is not .*nearest is 'ident'; there are: ident, name"):
        read("areas", "files", SETTINGS)


@pytest.mark.parametrize(
    "text", ["", '{"type": "FeatureColl', "[]", '{"type": "Point"}', '{"features": []}', '{"features": [1]}']
)
def test_what_is_no_geojson_is_refused(text: str, read: Read, tmp_path: Path) -> None:
    (tmp_path / "map.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnreadableError, match="GeoJSON"):
        read("areas", "files", SETTINGS)


def test_a_geometry_that_cannot_be_read_is_refused(draw: Callable[..., None], read: Read) -> None:
    draw(({"id": "a"}, [[0, 0], [1, 1]]))
    with pytest.raises(SourceUnreadableError, match="the geometry of area 'a' cannot be read"):
        read("areas", "files", SETTINGS)
