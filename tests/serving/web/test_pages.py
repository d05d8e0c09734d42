"""Every page answers, says from which publication it is, and gives its charts as tables."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import shutil
import time
from collections.abc import Callable

import httpx
import pytest

from serving.web import kept
from serving.web.app import create_app
from serving.web.catalogue import navigation, pages
from serving.web.page import View
from serving.web.roles import Role
from serving.web.settings import Settings
from serving.web.static import assets
from serving.web.warming import Warming

PLAIN = [p for p in pages() if "{" not in p.path and p.order is not None]


def test_there_are_pages() -> None:
    assert navigation()


@pytest.mark.parametrize("page", PLAIN, ids=lambda p: p.name)
def test_a_page_says_as_of_when_and_from_which_publication(site, page) -> None:
    answer = site.client.get(page.path)
    assert answer.status_code == 200, answer.text[:500]
    assert "2026-03-03-r1-0badcafe" in answer.text
    assert "Tuesday 3 March 2026" in answer.text
    assert "Mode: normal" in answer.text


@pytest.mark.parametrize("page", PLAIN, ids=lambda p: p.name)
def test_every_chart_is_a_table_and_a_csv(site, page) -> None:
    text = site.client.get(page.path).text
    for name in re.findall(r'data-chart="([^"]+)"', text):
        assert f'<table id="{name}-table">' in text
        answer = site.client.get(page.path, params={"csv": name})
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][-1] == "note"
        assert "2026-03-03-r1-0badcafe" in rows[1][-1]


@pytest.mark.parametrize("page", PLAIN, ids=lambda p: p.name)
def test_a_page_has_no_inline_script_or_style(site, page) -> None:
    text = site.client.get(page.path).text
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text)
    for script in re.findall(r"<script([^>]*)>", text):
        assert "src=" in script or 'type="application/json"' in script


def test_an_assignment_with_places_says_why_a_mean_can_lie_outside_its_range(site) -> None:
    links = dict.fromkeys(re.findall(r'href="(/plan/assignment\?[^"]+)"', site.client.get("/plan").text))
    told = (site.client.get(link.replace("&amp;", "&")).text for link in links)
    text = next(page for page in told if "Minutes, mean" in page)
    assert "the mean can be below or above the whole range" in text


def test_a_page_of_the_same_bytes_is_not_sent_twice(site) -> None:
    first = site.client.get("/health")
    again = site.client.get("/health", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_a_new_publication_appears_within_two_seconds(tmp_path, put, serve) -> None:
    old = put(tmp_path)
    with serve(tmp_path, warms=True) as served:
        assert old in served.client.get("/health").text
        new = put(tmp_path, days=1)
        until = time.monotonic() + 2
        while new not in (text := served.client.get("/health").text):
            assert time.monotonic() < until
            assert text.count(old) >= 2
            assert "Wednesday 4 March" not in text
            time.sleep(0.05)
        assert old not in text
        assert "Tuesday 3 March" not in text
        kept = served.client.get("/health", params={"vintage": old}).text
        assert "This is an earlier publication" in kept


def test_nobody_waits_for_the_pages_of_a_new_publication(tmp_path, put, monkeypatch) -> None:
    """They are made before it is shown, those first that were looked at last."""
    old = put(tmp_path)
    making: list[tuple[str, str, str]] = []

    def noting(page: object, view: object) -> object:
        making.append((view.publication.id, page.name, site.shelf.shown.id))
        return kept.made(page, view)

    monkeypatch.setattr("serving.web.warming.made", noting)
    site = create_app(Settings(city="testford", home=tmp_path)).state.site
    assert site.shelf.current().id == old
    warming = Warming(site)
    while not warming.step():
        pass
    asked = {"what": "high"}
    site.kept.shown(page_named("map"), View(site.shelf.current(), Role.PLANNER, asked), kept.made)
    new = put(tmp_path, days=1)
    warming.step()
    assert site.shelf.current().id == new
    while not warming.step():
        pass
    of_new = [(page, shown) for publication, page, shown in making if publication == new]
    assert of_new[0] == ("map", old)
    assert {page for page, _ in of_new} >= {page.name for page in PLAIN}
    for query in (asked, {}):
        site.kept.shown(page_named("map"), View(site.shelf.current(), Role.PLANNER, query), pytest.fail)


def reached(is_so: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_page_that_cannot_be_made_holds_no_publication_back(tmp_path, put) -> None:
    put(tmp_path)
    app = create_app(Settings(city="testford", home=tmp_path))
    site = app.state.site
    gone = View(site.shelf.current(), Role.PLANNER, {"area": "a01"})
    site.kept.shown(page_named("area"), gone, kept.made)
    new = put(tmp_path, days=1)
    (tmp_path / "cities/testford/vintages" / new / "backlog.parquet").write_bytes(b"other")
    warming = Warming(site)
    warming.start()
    reached(lambda: site.shelf.current().id == new, 3)
    warming.stop()


def page_named(name: str) -> object:
    return next(page for page in pages() if page.name == name)


def test_nothing_published_is_said_and_ends_by_itself(tmp_path, put, serve) -> None:
    with serve(tmp_path) as served:
        answer = served.client.get("/health")
        assert answer.status_code == 404
        assert "nothing has been published yet" in answer.text
        put(tmp_path)
        assert served.client.get("/health").status_code == 200


def test_an_address_that_does_not_exist_is_a_page_in_words(site) -> None:
    answer = site.client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/../../../etc/passwd", "/static/x/..%2f..%2fapp.py", "/static/0000000000000000/web.css",
     "/static/%2e%2e/%2e%2e/pyproject.toml"],
)  # fmt: skip
def test_only_listed_assets_are_served(site, path) -> None:
    with httpx.Client(base_url=site.url) as raw:
        assert raw.get(path).status_code == 404


def test_assets_are_addressed_by_content_and_kept(site) -> None:
    for asset in assets().values():
        answer = site.client.get(asset.url)
        assert answer.status_code == 200
        assert answer.content == asset.data
        assert "immutable" in answer.headers["cache-control"]


def test_a_publication_that_is_not_there_is_not_found(site) -> None:
    for odd in ("2020-01-01-r0-00000000", "../../../etc", "%00", "a" * 5000):
        assert site.client.get("/health", params={"vintage": odd}).status_code == 404


def test_hostile_names_stay_names(tmp_path, put, serve) -> None:
    put(tmp_path, hostile=True)
    with serve(tmp_path) as served:
        for page in PLAIN:
            text = served.client.get(page.path).text
            assert "<script>" not in text
            assert "<i>Testford" not in text


def test_chart_tables_of_hostile_names_run_nothing_in_a_spreadsheet(tmp_path, put, serve) -> None:
    put(tmp_path, days=-1, hostile=True)
    put(tmp_path, hostile=True)
    disarmed = 0
    with serve(tmp_path) as served:
        for path in [*(page.path for page in PLAIN), "/area"]:
            for name in re.findall(r'data-chart="([^"]+)"', served.client.get(path).text):
                text = served.client.get(path, params={"csv": name}).content.decode("utf-8-sig")
                cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
                assert not [c for c in cells if c[:1] in ("=", "+", "@", "\t") or re.match(r"-[^0-9]", c)], (path, name)
                disarmed += sum(c.startswith(("'=", "'@", "'+")) for c in cells)
    assert disarmed


def test_a_publication_that_cannot_be_read_leaves_the_one_before(tmp_path, put, serve) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    old, new = put(home), put(other, days=1)
    with serve(home, warms=True) as served:
        assert old in served.client.get("/health").text
        manifest = home / "cities/testford/vintages" / new / "manifest.json"
        shutil.copytree(other / "cities/testford/vintages" / new, manifest.parent)
        whole = manifest.read_bytes()
        manifest.write_bytes(b"{")
        shutil.copy(other / "cities/testford/latest.json", home / "cities/testford/latest.json")
        time.sleep(1.6)
        text = served.client.get("/health").text
        assert old in text
        assert "A newer publication cannot be read" in text
        manifest.write_bytes(whole)
        until = time.monotonic() + 2
        while new not in (text := served.client.get("/health").text):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert "cannot be read" not in text


def test_an_altered_table_is_said_without_paths(tmp_path, put, serve) -> None:
    name = put(tmp_path)
    (tmp_path / "cities/testford/vintages" / name / "health.parquet").write_bytes(b"other")
    with serve(tmp_path) as served:
        page = served.client.get("/health")
        answer = served.client.get("/api/v1/publications/latest/health")
        for one in (page, answer):
            assert one.status_code == 500
            assert "cannot be read" in one.text
            assert str(tmp_path) not in one.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert served.client.get("/plan").status_code == 200


def test_a_fault_of_ours_tells_nothing(home) -> None:
    def fault() -> None:
        raise RuntimeError("the secret of the fault")

    app = create_app(Settings(city="testford", home=home))
    app.add_api_route("/api/fault", fault)
    app.add_api_route("/fault", fault)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    async def asked(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    for path, kind in (("/fault", "text/html"), ("/api/fault", "application/problem+json")):
        answer = asyncio.run(asked(path))
        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith(kind)
        assert "secret" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_sources_and_their_attribution_stand_on_the_health_page_and_every_page_leads_there(site) -> None:
    told = site.client.get("/health").text
    assert "Weather: Meteostat, National Oceanic and Atmospheric Administration" in told
    assert 'id="said-h"' in told
    for path in ("/today", "/plan", "/map"):
        assert '<a href="/health#said-h">Sources and attribution</a>' in site.client.get(path).text
