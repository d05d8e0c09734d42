"""What the public sees of open requests: no page, answer, download or feed tells fewer than the stated count apart."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest

from domain.draft import EditEntry
from domain.tables import PUBLISHED
from domain.words import CITY_LEVEL
from serving.web.catalogue import pages
from serving.web.discreet import RULES, DiscreetTables, count_words
from serving.web.tokens import add
from storage.home import open_home

API = "/api/v1/publications/latest"
SMALL, SECRET = 3.7135, "Sentinel"
COLUMNS = {table.name: table.schema.columns for table in PUBLISHED}
TELLING = re.compile(r"\b(open|late|backlog)\b", re.IGNORECASE)


def test_every_table_that_tells_of_open_requests_has_a_rule() -> None:
    """A new column that does is found here by its own description."""
    telling = {
        table.name for table in PUBLISHED
        if TELLING.search(table.about) or any(TELLING.search(str(c.description)) for c in table.schema.columns.values())
    }  # fmt: skip
    assert telling <= set(RULES)
    assert set(RULES) <= {table.name for table in PUBLISHED}


def telling(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The publication with a mark in every cell that the public must not read."""
    backlog = tables["backlog"]
    few = backlog.groupby(["area", "category"])["request_id"].transform("size") < 5
    roster, dispatch = tables["roster"], tables["dispatch"]
    slots = roster[["date", "shift", "yard", "crew_type"]]
    number = {c.name: SMALL for c in COLUMNS["assignments"].values() if str(c.dtype) == "float64"}
    jobs = backlog.head(20)
    marked = {
        "backlog": backlog.assign(request_id=[f"{SECRET}-{i}" for i in range(len(backlog))])[few],
        "roster": roster.assign(reason=f"{SMALL} pothole jobs open near, {SECRET}"),
        "dispatch": dispatch.assign(
            backlog_jobs=SMALL, expected_late=SMALL / 9, reason=f"{SMALL} pothole jobs open here now, {SECRET}"
        ),
        "assignments": slots.assign(
            **(number | {"used_up": 0.5, "binds": "b", "next_best": "n", "drivers": ""}),
            build_up_order=range(1, len(slots) + 1),
            draws=20,
            build_up_draws=20,
        ),
        "crew_jobs": jobs[["category", "area", "lat", "lon", "due_at", "is_late"]].assign(
            **slots.iloc[0], crew=1, stop=range(1, 21), request_id=[f"{SECRET}{i}" for i in range(20)]
        ),
    }
    return {**tables, **marked}


def told(served, path: str, **query: str) -> str:
    """The answer as text; a Parquet file's cells as well."""
    answer = served.client.get(path, params=query or None)
    assert answer.status_code == 200, path
    if "parquet" in answer.headers["content-type"]:
        return pd.read_parquet(io.BytesIO(answer.content)).drop(columns="samples", errors="ignore").to_csv()
    return answer.text


def everything(served) -> dict[str, str]:
    """All that an anonymous reader can ask for, by address."""
    found = {}
    for page in pages():
        if page.name not in ("assignment", "budget"):
            text = found[page.path] = told(served, page.path)
            for chart in re.findall(r'data-chart="([^"]+)"', text):
                found[f"{page.path} {chart}"] = told(served, page.path, csv=chart)
    for area in re.findall(r'<option value="(a\d+)"', found["/area"]):
        found[f"/area {area}"] = told(served, "/area", area=area)
    for link in re.findall(r'href="(/plan/assignment\?[^"]+)"', found["/plan"])[:40]:
        found[link] = told(served, link.replace("&amp;", "&"))
    for name in ("forecasts", "plan", "reasons", "scores", "health", "areas"):
        for kind in ("json", "csv", "parquet"):
            found[f"{name} {kind}"] = told(served, f"{API}/{name}", format=kind)
    for name in ("plan", "forecasts", "areas"):
        found[f"{name} map"] = told(served, f"{API}/{name}", format="geojson")
    for path in (API, f"{API}/samples", "/api/v1/publications", "/api/v1/feed.atom"):
        found[path] = told(served, path)
    return found


@pytest.fixture(scope="module")
def marked(tmp_path_factory, put):
    home = tmp_path_factory.mktemp("marked")
    return home, put(home, change=telling, may_wait=f"About 4 of 11 {SECRET} cannot be begun yet")


def test_no_address_tells_the_public_a_small_number(marked, serve) -> None:
    home, name = marked
    with serve(home, is_public=True) as served:
        found = everything(served)
        assert len(found) > 100
        for path, text in found.items():
            assert SECRET not in text, path
            assert not re.search(r"(?<![0-9.])3\.7(?:135)?(?![0-9]).{0,40}(open|late|turn|days more)", text), path
        plan = pd.read_csv(io.StringIO(found["plan csv"]))
        assert plan["expected_late"].isna().all()
        assert not plan["areas"].astype(str).str.contains("min").any()
        reasons = pd.read_csv(io.StringIO(found["reasons csv"]))
        for column in ("late_requests_avoided", "late_days_avoided", "leave_one_out", "build_up_cost"):
            assert reasons[column].isna().all(), column
        for file in ("plan.csv", "plan.xlsx", "report.html", "report.eml"):
            assert served.client.get(f"/files/{name}/{file}").status_code == 403
        assert served.client.get(f"{API}/calendars/harbour.ics").status_code == 403
        assert served.client.get(f"{API}/worklists").status_code == 403


def test_the_marks_are_there_for_who_may_read_them(marked, serve) -> None:
    """Else the test above could not fail."""
    home, _ = marked
    with serve(home) as served:
        first = told(served, "/area")
        areas = (told(served, "/area", area=area) for area in re.findall(r'<option value="(a\d+)"', first))
        assert SECRET in first or any(SECRET in text for text in areas)
        for path, query in (("/today", {}), (f"{API}/plan", {"format": "json"}), (API, {})):
            assert SECRET in told(served, path, **query), path
        assert "3.7135" in told(served, f"{API}/reasons", format="csv")


def test_from_the_count_on_it_is_told(made) -> None:
    one = made.publication(made.Shape(draws=20))
    dispatch = one.tables["dispatch"]
    firm = dispatch.index[dispatch["area"] != CITY_LEVEL][:2]
    dispatch.loc[firm, "backlog_jobs"] = [5.0, 4.9]
    shown = DiscreetTables({**one.tables, "dispatch": dispatch}, 5)["dispatch"]
    areas = set(shown["area"])
    assert dispatch.loc[firm[0], "area"] in areas
    row = shown[shown["area"] == dispatch.loc[firm[0], "area"]].iloc[0]
    assert row["reason"].startswith("5 ")
    assert shown["expected_minutes"].sum() == pytest.approx(dispatch["expected_minutes"].sum())
    assert not shown.duplicated(["date", "shift", "yard", "crew_type", "area", "category"]).any()


def test_open_requests_of_the_public_have_no_number_and_no_place(made) -> None:
    one = made.publication(made.Shape(draws=20))
    shown = DiscreetTables(one.tables, 2)["backlog"]
    assert len(shown)
    assert shown.groupby(["area", "category"]).size().min() >= 2
    assert not set(shown["request_id"]) & set(one.tables["backlog"]["request_id"])
    assert shown[["lat", "lon"]].isna().all(axis=None)
    assert not shown["is_stale"].any()


def test_a_count_is_told_from_the_least_on() -> None:
    assert (count_words(4, 5), count_words(5, 5), count_words(3, 0)) == ("fewer than 5", "5", "3")


def test_the_public_is_not_told_who_changed_a_plan(tmp_path, put, serve) -> None:
    entry = EditEntry(
        base="2026-03-03-r0-00000000", draft="d", by="Ada Example", at="2026-03-03T05:00:00+00:00", why="A closed road",
        asked=("x",),
    )  # fmt: skip
    put(tmp_path, days=-1)
    put(tmp_path, edited=entry)
    token = add(open_home(tmp_path), "desk", "viewer")[1]
    with serve(tmp_path, is_public=True) as served:
        for path in ("/plan", "/today", API):
            public = served.client.get(path)
            assert "A closed road" in public.text
            assert "Ada Example" not in public.text
            viewer = served.client.get(path, headers={"authorization": f"Bearer {token}"})
            assert "Ada Example" in viewer.text
            assert viewer.headers["etag"] != public.headers["etag"]
