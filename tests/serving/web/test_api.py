"""The API: formats, pages, tags, refusals; and that it keeps what its description promises."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from domain.tables import FORECASTS
from serving.web.app import create_app
from serving.web.settings import Settings
from serving.web.tokens import add
from storage.home import open_home
from storage.parquet import read_samples

API = "/api/v1/publications/latest"
NAMES = ("forecasts", "plan", "reasons", "worklists", "scores", "health", "areas")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip


@pytest.fixture(scope="module")
def app(home):
    return create_app(Settings(city="testford", home=home, names=("testserver",)), warms=False)


@pytest.fixture
def api_schema(app):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_api_keeps_what_its_description_promises(case) -> None:
    case.call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_comes_as_json_csv_and_parquet(site, name) -> None:
    listed = site.client.get(f"{API}/{name}?limit=1000").json()
    assert listed["total"] == len(listed["items"]) or listed["next"]
    ids = [item["id"] for item in listed["items"]]
    assert len(set(ids)) == len(ids)
    sheet = site.client.get(f"{API}/{name}", headers={"accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert len(rows) == listed["total"]
    assert [row["id"].lstrip("'") for row in rows[: len(ids)]] == ids
    file = site.client.get(f"{API}/{name}", params={"format": "parquet"})
    assert pd.read_parquet(io.BytesIO(file.content))["id"].tolist()[: len(ids)] == ids


def test_pages_follow_each_other_without_gap(site) -> None:
    whole = site.client.get(f"{API}/forecasts?limit=1000").json()
    address, seen = f"{API}/forecasts?limit=300", []
    while address:
        answer = site.client.get(address)
        page = answer.json()
        seen += [item["id"] for item in page["items"]]
        assert bool(answer.headers.get("link")) == bool(page["next"])
        address = page["next"]
        assert address is None or "/latest/" not in address
    assert len(seen) == whole["total"]
    assert len(set(seen)) == len(seen)


def test_a_known_answer_is_not_sent_again(site) -> None:
    first = site.client.get(f"{API}/plan")
    again = site.client.get(f"{API}/plan", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert site.client.get(f"{API}/plan?format=csv").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("text/html, text/csv;q=0.5, */*;q=0.1", "text/csv"),
        ("application/geo+json", "application/geo+json"),
        ("application/*;q=0.2, application/json;q=0", "application/geo+json"),
    ],
)
def test_the_best_format_is_chosen(site, accept, media) -> None:
    answer = site.client.get(f"{API}/areas", headers={"accept": accept})
    assert answer.headers["content-type"].startswith(media)
    assert "Accept" in answer.headers["vary"]


def test_a_format_that_is_not_there_is_refused_in_words(site) -> None:
    answer = site.client.get(f"{API}/scores", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert "application/json" in answer.json()["remedy"]


def test_weeks_are_sums_of_draws(site, home) -> None:
    draws = read_samples(
        (home / "cities/testford/vintages/2026-03-03-r1-0badcafe/forecasts.parquet").read_bytes(), FORECASTS
    )
    days = site.client.get(f"{API}/forecasts?category=pothole&level=area&limit=1000").json()["items"]
    areas = sorted({d["area"] for d in days})
    asked = {"category": "pothole", "period": "week", "level": "city"}
    weeks = site.client.get(f"{API}/forecasts", params=asked).json()["items"]
    assert [w["days"] for w in weeks] == [7, 7]
    told = site.client.get(f"{API}/samples")
    frame = pd.read_parquet(io.BytesIO(told.content))
    rows = frame[(frame["level"] == "area") & (frame["category"] == "pothole")]
    first = rows[rows["date"] < rows["date"].min() + pd.Timedelta(days=7)]
    total = np.stack(first["samples"].to_numpy()).sum(axis=0)
    assert len(first) == 7 * len(areas)
    assert weeks[0]["mean"] == pytest.approx(total.mean(), rel=1e-6)
    assert weeks[0]["q50"] == np.sort(total)[len(total) // 2 - 1]
    assert draws.shape[1] == len(total)


def test_a_map_has_the_outlines_and_the_rows(site) -> None:
    told = site.client.get(f"{API}/forecasts", params={"format": "geojson", "category": "pothole"}).json()
    assert told["type"] == "FeatureCollection"
    assert told["vintage_id"] == "2026-03-03-r1-0badcafe"
    assert all(f["geometry"]["type"] in ("Polygon", "MultiPolygon") for f in told["features"])
    assert len({f["id"] for f in told["features"]}) == len(told["features"])


def test_the_feed_names_publications_and_warnings(site) -> None:
    root = ElementTree.fromstring(site.client.get("/api/v1/feed.atom").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    entry = root.find("a:entry", names)
    assert entry.findtext("a:id", namespaces=names) == "urn:crewcast:testford:2026-03-03-r1-0badcafe"
    assert "3 warnings" in entry.findtext("a:title", namespaces=names)
    summary = entry.findtext("a:summary", namespaces=names)
    assert "ask the portal's owner" in summary
    today = site.client.get("/today").text
    for title in ("Pothole: a surge is expected", "Flooding: a surge is expected"):
        assert title in summary
        assert title in today


def test_cells_that_a_spreadsheet_would_run_are_disarmed(tmp_path, put, serve) -> None:
    put(tmp_path, hostile=True)
    with serve(tmp_path) as served:
        for name in NAMES:
            text = served.client.get(f"{API}/{name}?format=csv").content.decode("utf-8-sig")
            for row in csv.reader(io.StringIO(text)):
                assert not [c for c in row if c[:1] in "=+@" and c[:1] and not c[1:2].isdigit()], row


def test_the_api_tells_roles_apart(tmp_path, put, serve) -> None:
    put(tmp_path)
    token = add(open_home(tmp_path), "desk", "viewer")[1]
    viewer = {"authorization": f"Bearer {token}"}
    with serve(tmp_path) as served:
        nobody = served.client.get(f"{API}/plan")
        assert nobody.status_code == 401
        assert nobody.headers["www-authenticate"].startswith("Bearer")
        assert served.client.get(f"{API}/plan", headers=viewer).status_code == 200
        assert served.client.get(f"{API}/plan", auth=("any", token)).status_code == 200
        assert served.client.get(f"{API}/plan", auth=("any", "wrong")).status_code == 401
        assert "Ann Example" not in served.client.get(f"{API}/health", headers=viewer).text
    with serve(tmp_path, is_public=True) as served:
        assert served.client.get(f"{API}/plan").status_code == 200
        assert served.client.get(f"{API}/worklists").status_code == 403
        assert "Ann Example" not in served.client.get(f"{API}/health").text
        assert "Ann Example" not in served.client.get(f"{API}/health?format=csv").text
