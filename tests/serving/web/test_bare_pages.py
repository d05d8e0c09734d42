"""Pages over publications that hold little: no map, no tables, no areas; and what lies beside them."""

from __future__ import annotations

import json

import pytest

from domain.tables import PUBLISHED
from pipelines.steps.publish import area_features
from serving.web.catalogue import pages
from serving.web.earlier import last_before, names_before, one_a_day
from serving.web.publication import publication
from storage.home import open_home
from storage.parquet import table_bytes
from storage.vintages import publish, read_vintage

CITY = "testford"
CONTRACTS = {table.name: table for table in PUBLISHED}
SHOWN = [page for page in pages() if page.order is not None or page.name == "area"]


def bare(home, made, names: tuple[str, ...], features: bytes) -> None:
    """A publication of these tables alone."""
    one = made.publication(made.Shape(draws=20))
    name = f"{one.manifest.as_of}-r1-0badcafe"
    manifest = one.manifest.model_copy(update={"vintage_id": name, "city": CITY})
    tables = {n: table_bytes(one.tables[n].assign(vintage_id=name), CONTRACTS[n]) for n in names}
    publish(open_home(home).city(CITY), manifest, tables, {"areas.geojson": features})


def flat(made) -> bytes:
    """The areas without outlines."""
    areas = made.publication(made.Shape(draws=20)).areas
    return area_features(areas.assign(geometry=""))


@pytest.fixture(scope="module")
def empty(tmp_path_factory, made, serve):
    """The server over a publication without tables and areas."""
    home = tmp_path_factory.mktemp("empty")
    bare(home, made, (), json.dumps({"type": "FeatureCollection", "features": []}).encode())
    with serve(home) as served:
        yield served


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.name)
def test_a_publication_without_tables_is_said_in_words(empty, page) -> None:
    answer = empty.client.get(page.path)
    assert answer.status_code == 200, answer.text[-300:]
    assert 'data-chart="map"' not in answer.text


def test_without_outlines_the_map_is_ranked_bars(tmp_path, made, serve) -> None:
    bare(tmp_path, made, ("forecasts", "draws"), flat(made))
    with serve(tmp_path) as served:
        text = served.client.get("/map").text
        assert '"type":"bar"' in text
        assert served.client.get("/map", params={"what": "surprise"}).status_code == 200
        assert served.client.get("/area", params={"area": "a01"}).status_code == 200


def test_what_came_before_is_by_day_and_revision(tmp_path, put) -> None:
    first, second, third = put(tmp_path, days=-1), put(tmp_path), put(tmp_path, revision=2)
    folder = open_home(tmp_path).city(CITY)
    shown = publication(read_vintage(folder, third), folder)
    assert names_before(shown) == [second, first]
    assert last_before(shown).id == second
    assert [one.id for one in one_a_day(shown, 9)] == [first]
    assert last_before(publication(read_vintage(folder, first), folder)) is None


def test_a_page_is_made_again_when_an_earlier_publication_is_added(tmp_path, put, serve) -> None:
    put(tmp_path)
    with serve(tmp_path) as served:
        assert "This is the first publication" in served.client.get("/today").text
        earlier = put(tmp_path, days=-3)
        assert earlier in served.client.get("/today").text
