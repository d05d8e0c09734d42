"""Descriptions of data sets travel again only when they changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sources.portals.wire import kept
from sources.portals.wire.kept import MOST_BYTES, KeptAnswers
from tests.portals.arcgis_fake import FakeArcGis
from tests.portals.conftest import MakeCity, PortalCity
from tests.portals.made import World
from tests.portals.server import Answer, Call, FakePortal


def tagged(call: Call, answer: Answer) -> Answer:
    """Descriptions carry an ETag, and are not sent again to one who has them."""
    if call.method != "GET" or answer.status != 200:
        return answer
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:12]}"'
    if call.headers.get("if-none-match") == tag:
        return Answer(304, headers={"ETag": tag})
    return Answer(answer.status, answer.body, answer.kind, {**answer.headers, "ETag": tag})


@pytest.fixture
def portal(serve: Callable[..., FakePortal]) -> FakeArcGis:
    world = World()
    world.add(200)
    fake = FakeArcGis(world)
    serve(fake)
    fake.noise = tagged
    return fake


def descriptions(portal: FakeArcGis) -> list[bool]:
    """Of each description asked for: whether it was asked for by its tag."""
    return ["if-none-match" in c.headers for c in portal.calls if c.method == "GET"]


def kept_files(city: PortalCity) -> list[Path]:
    return list((city.home / "cache" / "portals").iterdir())


def test_a_later_sync_asks_by_tag_and_uses_what_it_has(portal: FakeArcGis, make_city: MakeCity) -> None:
    city = make_city(portal.section())
    city.sync()
    assert set(descriptions(portal)) == {False}
    assert len(kept_files(city)) == len(descriptions(portal))
    portal.calls.clear()
    portal.world.edit(20)
    assert city.sync(later=timedelta(hours=1)).new > 0
    assert set(descriptions(portal)) == {True}


@pytest.mark.parametrize("spoilt", [b"", b"{", b'{"validators": {}}', b"[1]"])
def test_a_kept_answer_that_is_broken_is_asked_for_anew(portal: FakeArcGis, make_city: MakeCity, spoilt: bytes) -> None:
    city = make_city(portal.section())
    city.sync()
    for file in kept_files(city):
        file.write_bytes(spoilt)
    portal.calls.clear()
    city.sync(later=timedelta(hours=1))
    assert set(descriptions(portal)) == {False}


def test_a_changed_description_takes_the_place_of_the_kept_one(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path)
    kept.keep("https://a.org/x", {"f": "json", "token": "secret"}, {"etag": '"1"'}, b'{"a": 1}')
    assert kept.find("https://a.org/x", {"f": "json", "token": "another"}) == ({"If-None-Match": '"1"'}, b'{"a": 1}')
    kept.keep("https://a.org/x", {"f": "json"}, {"last-modified": "yesterday"}, b'{"a": 2}')
    assert kept.find("https://a.org/x", {"f": "json"}) == ({"If-Modified-Since": "yesterday"}, b'{"a": 2}')
    assert kept.find("https://a.org/x", {"f": "html"}) == ({}, b"")
    assert "secret" not in "".join(f.name + f.read_text() for f in tmp_path.iterdir())


@pytest.mark.parametrize(("headers", "body"), [({}, b"{}"), ({"etag": "x"}, b" " * (MOST_BYTES + 1))])
def test_what_has_no_tag_or_is_large_is_not_kept(tmp_path: Path, headers: dict[str, str], body: bytes) -> None:
    kept = KeptAnswers(tmp_path)
    kept.keep("https://a.org/x", None, {"etag": '"1"'}, b"{}")
    kept.keep("https://a.org/x", None, headers, body)
    assert list(tmp_path.iterdir()) == []


def test_kept_answers_stay_within_their_room_and_the_oldest_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT_BYTES", 5_000)
    answers = KeptAnswers(tmp_path)
    for number in range(10):
        answers.keep(f"https://a.org/{number}", None, {"etag": f'"{number}"'}, b" " * 1_000)
        for file in tmp_path.iterdir():  # as if kept a minute apart
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 60))
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) <= 5_000
    there = [bool(answers.find(f"https://a.org/{number}", None)[0]) for number in range(10)]
    assert there == [False] * 6 + [True] * 4
