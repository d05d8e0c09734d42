"""Every page answers, says from which publication it is, and gives its charts as tables."""

from __future__ import annotations

import csv
import io
import re
import time

import httpx
import pytest

from serving.web.catalogue import navigation, pages
from serving.web.static import assets

PLAIN = [p for p in pages() if "{" not in p.path]


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


def test_a_page_of_the_same_bytes_is_not_sent_twice(site) -> None:
    first = site.client.get("/health")
    again = site.client.get("/health", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_a_new_publication_appears_within_two_seconds(tmp_path, put, serve) -> None:
    old = put(tmp_path)
    with serve(tmp_path) as served:
        assert old in served.client.get("/health").text
        new = put(tmp_path, days=1)
        until = time.monotonic() + 2
        while new not in (text := served.client.get("/health").text):
            assert time.monotonic() < until
            assert text.count(old) >= 2
            assert "2026-03-04" not in text
            time.sleep(0.05)
        assert old not in text
        assert "2026-03-03" not in text
        kept = served.client.get("/health", params={"vintage": old}).text
        assert "This is an earlier publication" in kept


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
