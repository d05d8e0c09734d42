"""The invented town: outlines that tile it, districts of equal size, places inside their areas."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from domain.tables import AREAS
from sources.simulator.geography import METRES_PER_DEGREE, PLACES, areas_table, make_geography
from sources.simulator.settings import WorldSettings

SHAPES = [(6, 8), (1, 1), (7, 5), (24, 8)]


@pytest.mark.parametrize(("districts", "each"), SHAPES, ids=[f"{d}x{e}" for d, e in SHAPES])
def test_outlines_are_valid_do_not_overlap_and_hold_their_point(districts: int, each: int) -> None:
    town = make_geography(WorldSettings(districts=districts, areas_per_district=each))
    shapes = [shapely.from_geojson(g) for g in town.outlines]
    assert len(shapes) == districts * each
    assert all(
        s.is_valid and s.contains(shapely.Point(x, y)) for s, x, y in zip(shapes, town.lon, town.lat, strict=True)
    )
    whole = shapely.union_all(shapes).area
    assert abs(sum(s.area for s in shapes) / whole - 1) < 1e-3
    assert np.bincount(town.district).tolist() == [each] * districts


def test_the_table_of_areas_keeps_its_contract() -> None:
    table = AREAS.validate(areas_table("somewhere", make_geography(WorldSettings())))
    assert len(table) == 48
    assert table["district"].nunique() == 6
    assert table["name"].is_unique
    assert table["population"].min() > 500
    assert all(json.loads(g)["type"] == "Polygon" for g in table["geometry"])


def test_places_lie_inside_their_area_and_some_have_most_of_it() -> None:
    town = make_geography(WorldSettings(districts=2, areas_per_district=3))
    for c, places in enumerate(PLACES):
        for a, outline in enumerate(town.outlines):
            shape = shapely.from_geojson(outline).buffer(5 / METRES_PER_DEGREE)
            assert shapely.contains_xy(shape, town.place_lon[c, a], town.place_lat[c, a]).all()
            weight = np.sort(np.diff(town.place_rank[c, a, :places], prepend=0))[::-1]
            assert weight.sum() == pytest.approx(1)
            assert weight[: places // 5].sum() > 0.3


def test_names_never_repeat_however_large_the_town() -> None:
    town = make_geography(WorldSettings(districts=32, areas_per_district=24))
    assert len(set(town.titles)) == len(set(town.names)) == 768
    assert len(set(town.district_names)) == 32
