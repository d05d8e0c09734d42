"""Today, map and area: what they say comes from the publication's tables, and nothing else is let through."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from serving.report.source import Source
from serving.web.choropleth import RATIO_SCALE, rising_scale
from serving.web.comparable import comparable, profiles
from serving.web.open_here import by_category, hidden
from serving.web.pages.map import valued
from serving.web.since import backlog, demand, plan, shared_days
from serving.web.spans import expected, forecast_days, spans
from serving.web.surge import days, surges
from serving.web.warned import warnings


@pytest.fixture(scope="module")
def source(made) -> Source:
    one = made.publication(made.Shape(draws=50))
    return Source(one.tables, one.manifest, one.areas)


@pytest.fixture(scope="module")
def shifted(source) -> Source:
    """The same publication with five times the pothole requests on its third day."""
    table = source.table("forecasts")
    third = sorted(set(table["date"]))[2]
    moved = (table["date"] == third) & (table["category"] == "pothole")
    ends = [c for c in table.columns if c == "mean" or c.startswith("q")]
    table.loc[moved, ends] = table.loc[moved, ends] * 5
    return Source({**source.tables, "forecasts": table}, source.manifest, source.areas)


def test_weeks_come_first_and_hold_seven_days_each(source) -> None:
    listed = spans(forecast_days(source))
    assert [one.key for one in listed[:2]] == ["week-1", "week-2"]
    assert [len(one.days) for one in listed] == [7, 7] + [1] * 14
    assert listed[0].title == "Week of 4 to 10 Mar"


def test_a_days_expectation_is_the_published_mean(source) -> None:
    table, day = source.table("forecasts"), spans(forecast_days(source))[2]
    rows = expected(source, "pothole", day).set_index("area")
    is_it = (table["level"] == "area") & (table["category"] == "pothole") & (table["date"] == day.days[0])
    published = table[is_it].set_index("area")
    assert np.allclose(rows["expected"], published["mean"].reindex(rows.index))
    assert (rows["low"] <= rows["high"]).all()


def test_a_weeks_upper_bound_lies_below_the_sum_of_its_days_bounds(source) -> None:
    listed = spans(forecast_days(source))
    week = expected(source, "noise", listed[0])["high"].sum()
    single = sum(expected(source, "noise", one)["high"].sum() for one in listed[2:9])
    assert 0 < week < single


def test_surprise_is_what_is_expected_over_what_is_usual(source) -> None:
    rows = valued(expected(source, "flooding", spans(forecast_days(source))[0]), "surprise")
    known = rows.dropna(subset="value")
    assert len(known) == len(source.areas)
    assert np.allclose(known["value"] * known["ordinary"], known["expected"])


def test_every_value_has_a_shade_and_a_missing_one_has_none() -> None:
    scale = rising_scale([0.0, 1.0, 4.0, 25.0, float("nan")])
    assert [scale.shade(v) for v in (0.0, 25.0)] == [0, len(scale.colours) - 1]
    assert scale.shade(float("nan")) is None
    assert len(rising_scale([2.0, 2.0]).colours) == 1
    assert RATIO_SCALE.colours[RATIO_SCALE.shade(1.0)] == "var:turn-2"


def test_the_nearest_area_is_one_with_the_same_numbers() -> None:
    profile = pd.DataFrame({"a": [1.0, 1.1, 9.0], "b": [2.0, 2.0, 0.1]}, index=["x", "y", "z"])
    assert list(comparable(profile, "x").index) == ["y", "z"]
    assert comparable(profile, "nowhere").empty


def test_areas_are_compared_by_requests_a_week(source) -> None:
    table = source.table("forecasts")
    rows = table[(table["level"] == "area") & (table["category"] == "noise") & (table["area"] == "a01")]
    assert profiles(source).loc["a01", "noise"] == pytest.approx(rows["mean"].mean() * 7)


def test_a_surge_is_told_with_its_day_and_what_is_usual(shifted, source) -> None:
    assert days(shifted, "pothole")["is_expected"].tolist()[2]
    note = next(one for one in surges(shifted) if one["title"].startswith("Pothole"))
    assert note["severity"] == "warning"
    assert "Fri 6 Mar" in note["text"]
    assert not days(source, "pothole")["is_expected"].tolist()[2]
    assert not any("Fri 6 Mar" in one["text"] for one in surges(source))


def test_nothing_is_usual_where_too_little_was_counted(shifted) -> None:
    history = shifted.table("history")
    recent = history[history["date"] > history["date"].max() - pd.Timedelta(14, "D")]
    short = Source({**shifted.tables, "history": recent}, shifted.manifest, shifted.areas)
    assert surges(short) == []


def test_late_data_and_degraded_modes_are_warned_of(source) -> None:
    late = source.manifest.model_copy(update={"modes": ("stale demand", "no weather")})
    titles = [note["title"] for note in warnings(Source(source.tables, late, source.areas))]
    assert "Data are late: stale demand" in titles
    assert "The forecast is worse than usual: no weather" in titles
    aged = source.manifest.model_copy(update={"data_ages": {"requests": 3}})
    assert "Data are late" in [note["title"] for note in warnings(Source(source.tables, aged, source.areas))]


class Shown:
    """As much of a publication as is compared."""

    def __init__(self, source: Source) -> None:
        self.source, self.manifest, self.id = source, source.manifest, source.manifest.vintage_id
        self.table = source.table


def test_what_changed_is_told_in_numbers(source, shifted) -> None:
    before, now = Shown(source), Shown(shifted)
    assert len(shared_days(before, now)) == 14
    records = {record["category"]: record for record in demand(before, now)}
    assert records["pothole"]["now"] > records["pothole"]["then"] + 1
    assert records["pothole"]["areas"]
    assert records["noise"]["areas"] == []
    assert plan(before, now)["total"] == 0


def test_a_crew_more_is_a_changed_shift(source) -> None:
    roster = source.table("roster")
    roster.loc[0, "crews"] += 1
    changed = Shown(Source({**source.tables, "roster": roster}, source.manifest, source.areas))
    told = plan(Shown(source), changed)
    assert told["total"] == 1
    assert re.fullmatch(r"\d+ crews instead of \d+", told["rows"][0]["words"])


def test_what_came_in_and_what_was_closed_is_counted(source) -> None:
    table = source.table("backlog")
    live = table[~table["is_stale"] & (table["category"] == "pothole")]
    fewer = table.drop(index=live.index[:3])
    then, now = Shown(source), Shown(Source({**source.tables, "backlog": fewer}, source.manifest, source.areas))
    record = next(r for r in backlog(then, now) if r["category"] == "pothole")
    assert (record["gone"], record["new"], record["then"] - record["now"]) == (3, 0, 3)


def test_few_open_requests_are_not_told_in_public(source) -> None:
    rows = source.table("backlog").head(4)
    assert hidden(rows, 5)
    assert not hidden(rows, 0)
    assert {one["open"] for one in by_category(rows, 5)} == {"fewer than 5"}


def test_the_public_sees_no_small_counts_of_an_area(home, serve, source) -> None:
    live = source.table("backlog")
    sizes = live[~live["is_stale"]].groupby("area").size()
    few = str(sizes[sizes < 5].index[0])
    with serve(home, is_public=True) as served:
        text = served.client.get("/area", params={"area": few}).text
        assert "Fewer than 5 requests are open here" in text
        assert not re.search(r"r\d{5}", text)
        assert "ages" not in re.findall(r'data-chart="([^"]+)"', text)
        today = served.client.get("/today").text
        assert "past due" not in re.sub(r"fewer than \d+ past due", "", today)


def test_an_area_that_does_not_exist_is_not_found(site) -> None:
    assert site.client.get("/area", params={"area": "<b>nowhere"}).status_code == 404


def test_every_area_of_the_map_leads_to_its_page(site, source) -> None:
    text = site.client.get("/map", params={"when": "week-2", "what": "high"}).text
    drawing = json.loads(re.search(r'id="map-data">(.*?)</script>', text, re.DOTALL)[1])
    links = [t["meta"]["href"] for t in drawing["traces"] if "meta" in t]
    assert len(links) == len(source.areas)
    assert site.client.get(links[0]).status_code == 200


def test_hostile_areas_have_pages_that_do_nothing(tmp_path, put, serve, made) -> None:
    put(tmp_path, hostile=True)
    with serve(tmp_path) as served:
        for name in made.publication(made.Shape(draws=50, hostile=True)).areas["area"][:8]:
            answer = served.client.get("/area", params={"area": name})
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "</script><b>" not in answer.text


def test_a_shift_that_is_gone_or_new_is_told(source) -> None:
    roster = source.table("roster")
    fewer = Shown(Source({**source.tables, "roster": roster.drop(index=0)}, source.manifest, source.areas))
    crews = int(roster.loc[0, "crews"])
    gone, new = plan(Shown(source), fewer), plan(fewer, Shown(source))
    assert (gone["total"], new["total"]) == (1, 1)
    assert gone["rows"][0]["words"].startswith(f"0 crews instead of {crews}")
    assert new["rows"][0]["words"].endswith("instead of 0") or "; " in new["rows"][0]["words"]
