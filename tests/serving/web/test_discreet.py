"""What the public sees of open requests."""

from __future__ import annotations

import pytest

from domain.draft import EditEntry
from serving.web.discreet import count_words, discreet
from serving.web.tokens import add
from storage.home import open_home


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "1 drainage crew; 4.3 flooding jobs open near, 2.1 past due, and 24 more expected",
            "1 drainage crew; fewer than 5 flooding jobs open near, fewer than 5 past due, and 24 more expected",
        ),
        ("1,204 pothole jobs open here now; 1.2 done", "1,204 pothole jobs open here now; 1.2 done"),
        ("12.5 street light jobs open here, 14 past due", "12.5 street light jobs open here, 14 past due"),
        ("1 done on this shift, 0 late by that evening", "1 done on this shift, fewer than 5 late by that evening"),
        ("0 jobs open here now", "fewer than 5 jobs open here now"),
    ],
)
def test_small_numbers_of_open_jobs_are_not_told(text, told) -> None:
    assert discreet(text, 5) == told
    assert discreet(text, 0) == text


def test_a_count_is_told_from_the_least_on() -> None:
    assert (count_words(4, 5), count_words(5, 5), count_words(3, 0)) == ("fewer than 5", "5", "3")


def test_the_public_is_told_no_small_number_by_page_or_api(tmp_path, put, serve) -> None:
    put(tmp_path)
    with serve(tmp_path, is_public=True, least_shown=10_000) as served:
        rows = served.client.get("/api/v1/publications/latest/plan?limit=1000").json()["items"]
        assert all(row["expected_late"] is None for row in rows)
        first = next(row for row in rows if row["crews"])
        slot = {key: first[key] for key in ("date", "shift", "yard", "crew_type")}
        page = served.client.get("/plan/assignment", params=slot)
        assert page.status_code == 200
        for text in (page.text, *(row["reason"] for row in rows)):
            assert discreet(text, 10_000) == text


def test_the_public_is_not_told_who_changed_a_plan(tmp_path, put, serve) -> None:
    entry = EditEntry(
        base="2026-03-03-r0-00000000", draft="d", by="Ada Example", at="2026-03-03T05:00:00+00:00", why="A closed road",
        asked=("x",),
    )  # fmt: skip
    put(tmp_path, edited=entry)
    token = add(open_home(tmp_path), "desk", "viewer")[1]
    with serve(tmp_path, is_public=True) as served:
        for path in ("/plan", "/api/v1/publications/latest"):
            public = served.client.get(path)
            assert "A closed road" in public.text
            assert "Ada Example" not in public.text
            viewer = served.client.get(path, headers={"authorization": f"Bearer {token}"})
            assert "Ada Example" in viewer.text
            assert viewer.headers["etag"] != public.headers["etag"]
