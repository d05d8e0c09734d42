from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from domain.lock import LocksEntry
from serving.report import health
from serving.report.days import days
from serving.report.plan import report_html
from serving.report.source import Source

LARGEST = 6_000_000
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a reader or a screen reader gets: tags with attributes, headings, ids, visible text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.text: list[str] = []
        self.section: list[str] = []
        self.by_section: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "section":
            self.section.append(dict(attrs).get("id") or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self.section.pop()

    def handle_data(self, data):
        if not set(self.open) & {"script", "style"}:
            self.text.append(data)
            if self.section:
                self.by_section.setdefault(self.section[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def said(self, section: str) -> str:
        return " ".join(" ".join(self.by_section[section]).split())


def html(made) -> str:
    return report_html(made.tables, made.manifest, made.areas)


@pytest.fixture(scope="module")
def text(published):
    return html(published)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def data_of(text: str) -> dict:
    return json.loads(re.search(r'id="report-data">(.*?)</script>', text, re.DOTALL)[1])


def test_it_is_small_enough_to_mail_at_77_areas(large):
    assert len(html(large).encode()) <= LARGEST


def test_the_same_publication_gives_the_same_bytes_in_whatever_order_its_rows_come(published, text):
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in published.tables.items()}
    assert report_html(shuffled, published.manifest, published.areas) == text


def test_it_is_one_file_that_asks_for_nothing(page):
    for tag, attrs in page.tags:
        for name in ("src", "href", "srcset", "action", "data"):
            assert (attrs.get(name) or "#").startswith(("#", "data:")), (tag, attrs)
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_it_says_what_kind_of_plan_it_is_before_anything_else(page):
    top = " ".join(page.text[: page.text.index("At a glance")])
    for said in ("Testford", "Simulated city", "Crews invented", "Mode: normal", "Tuesday 3 March 2026"):
        assert said in top


def test_headings_are_in_order_ids_are_unique_and_the_language_is_stated(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert page.all("html") == [{"lang": "en"}]


def test_every_chart_has_words_and_a_table_and_every_control_a_label(page):
    charts = [a for a in page.all("div") if "chart" in (a.get("class") or "").split()]
    assert len(charts) == 6
    tables = {a.get("id") for a in page.all("table")}
    labelled = {a.get("for") for a in page.all("label")}
    for chart in charts:
        assert chart["role"] == "img"
        assert "As of" not in chart["id"]
        assert len(chart["aria-label"]) > 30
        assert f"{chart['id']}-table" in tables
    assert all(select["id"] in labelled for select in page.all("select"))


def test_every_chart_says_as_of_when(page):
    joined = " ".join(page.text)
    assert joined.count("As of Tue 3 Mar 2026.") == 6 + 1  # six charts and the table of the weather


def test_links_of_the_contents_lead_somewhere(page):
    ids = {attrs.get("id") for _, attrs in page.tags}
    assert {a["href"][1:] for a in page.all("a")} <= ids


def test_a_planner_is_told_where_crews_go_on_the_next_two_working_days_and_why(page, published):
    said = page.said("next")
    assert "Wednesday 4 March 2026" in said
    assert "Thursday 5 March 2026" in said
    assert "Friday 6 March 2026" not in said
    near = published.tables["dispatch"].query("area != '*'")
    names = dict(zip(published.areas["area"], published.areas["name"], strict=True))
    assert all(names[area] in said for area in near["area"])
    assert set(near["reason"]) <= {reason for reason in near["reason"] if reason in said}
    assert said.count("the mean can be below or above the whole range") == 2, "beside each day's table"


def test_the_first_section_names_raised_readiness_lateness_staffing_and_warnings(page, published):
    said = page.said("glance")
    assert "Flooding: be ready on 2 days. Fri 6 Mar: standby in District 2" in said
    backlog = published.tables["backlog"]
    late = (backlog["is_late"] & ~backlog["is_stale"] & (backlog["category"] == "pothole")).sum()
    assert f"Pothole: {late} late" in said
    assert "a hint for police" in said
    assert (
        "Data: gaps and breaks. Noise 2024-07-02 to 2024-07-29 (28 days without a row). Ask the portal's owner." in said
    )
    assert "5 crews held ready (24 mm of rain likely, 3.4 × the usual requests). Then standby on Mon 9 Mar" in said
    assert "nothing that was tried came clearly closer than a spreadsheet forecast" in said


def test_what_was_not_compared_with_a_spreadsheet_forecast_is_not_said_to_be_no_better(published):
    told = "On 8 earlier windows no spreadsheet forecast was compared."
    recipes = tuple(
        r.model_copy(update={"mean_ratio": None, "sentence": told} if r.category == "noise" else {})
        for r in published.manifest.recipes
    )
    manifest = published.manifest.model_copy(update={"recipes": recipes})
    said = Page(report_html(published.tables, manifest, published.areas)).said("glance")
    assert f"Noise forecast: not compared with a spreadsheet. {told}" in said
    assert "no better than a spreadsheet" not in said


def test_what_to_do_today_comes_before_what_is_expected_and_that_before_how_good_it_is(page, published):
    said = page.said("glance")
    roster, dispatch = published.tables["roster"], published.tables["dispatch"]
    today = roster[roster["date"] == "2026-03-04"]
    assert said.startswith(f"At a glance Wed 4 Mar: {today['crews'].sum()} crews to send out. First to ")
    near = dispatch[dispatch["date"] == "2026-03-04"]
    first = near.groupby("area")["marginal_value"].sum().idxmax()
    assert said.index(dict(zip(published.areas["area"], published.areas["name"], strict=True))[first]) < 100
    order = [
        "to send out",
        "be ready on",
        "Pothole: ",
        "requests, next 7 days",
        "a hint for police",
        "spreadsheet",
        "Data:",
    ]
    at = [said.index(part) for part in order]
    assert at == sorted(at)


def test_crews_without_any_work_are_not_sent_out(published):
    roster = published.tables["roster"]
    idle = (roster["date"] == "2026-03-04") & (roster["crew_type"] == roster["crew_type"].iloc[0])
    crews, without = (int(roster[at]["crews"].sum()) for at in (roster["date"] == "2026-03-04", idle))
    assert 0 < without < crews
    changed = roster.assign(expected_minutes=roster["expected_minutes"].where(~idle, 0.0))
    said = Page(report_html(published.tables | {"roster": changed}, published.manifest, published.areas)).said("glance")
    assert f"{crews - without} crews to send out" in said
    assert f"No work is expected for {without} crews more." in said


def test_a_degraded_mode_comes_even_before_what_to_do_today(published):
    manifest = published.manifest.model_copy(update={"modes": ("no weather",)})
    said = Page(report_html(published.tables, manifest, published.areas)).said("glance")
    assert said.startswith("At a glance Degraded run: no weather.")


def test_each_crew_has_its_own_stops_and_nobody_is_sent_to_a_tenth_of_a_job(published):
    dispatch = published.tables["dispatch"]
    thin = dispatch.assign(expected_served=dispatch["expected_served"].mask(dispatch["area"] == "a02", 0.2))
    source = Source({**published.tables, "dispatch": thin}, published.manifest, published.areas)
    crews = [crew for day in days(source) for yard in day["yards"] for crew in yard["crews"]]
    near = published.tables["roster"]["date"].isin(sorted(set(published.tables["roster"]["date"]))[:2])
    assert len(crews) == near.sum()
    assert all(stop["crew_type"] == crew["crew_type"] for crew in crews for stop in crew["stops"])
    assert not any(stop["area"] == "a02" for crew in crews for stop in crew["stops"])
    loose = thin[(thin["area"] == "a02")]["expected_minutes"].sum()
    assert sum(crew["loose"] for crew in crews) == pytest.approx(loose)
    assert any("(a02)" in crew["loose_places"] for crew in crews)


def test_many_notes_of_a_source_are_folded_and_few_are_not(published):
    for count, folded in ((10, True), (2, False)):
        manifest = published.manifest.model_copy(update={"attribution": tuple(f"note {i}" for i in range(count))})
        section = report_html(published.tables, manifest, published.areas).split('<section id="provenance"')[1]
        listed = section.split("<li>note 0")[0]
        assert (listed.rfind("<details") > listed.rfind("</details>")) is folded


def test_the_most_serious_finding_of_a_kind_comes_first(published):
    table = published.tables["health"].iloc[:1]
    rows = [("note", "b", "ok"), ("note", "c", "warning"), ("rows", "other", "ok"), ("rows", "read", "ok")]
    made = pd.concat([table.assign(kind=k, item=i, severity=s) for k, i, s in rows], ignore_index=True)
    found = health.rows(Source({"health": made}, published.manifest, published.areas))
    assert [row["item"] for row in found] == ["c", "b", "read", "other"]


def test_the_calendar_names_the_locks_and_their_price(published):
    tables = published.tables
    locks = LocksEntry(locks=("2025-03-20 evening 'South Yard' patching=1",), cost_with=1250.0, cost_without=1000.0)
    assert 'id="locks"' not in report_html(tables, published.manifest, published.areas)
    told = report_html(tables, published.manifest.model_copy(update={"locks": locks}), published.areas)
    said = told.split('<p id="locks">')[1].split("</p>")[0]
    assert "1 lock kept" in said
    assert "patching=1" in said
    assert f"price +250 {published.manifest.currency}" in said


def test_the_calendar_holds_every_crew_of_the_roster(text, published):
    section = text[text.index('<section id="calendar"') : text.index('<section id="readiness"')]
    counts = [int(n) for n in re.findall(r'class="crew-count"[^>]*>(\d+)<', section)]
    assert sum(counts) == published.tables["roster"]["crews"].sum()
    assert section.count("level-standby") == 6
    assert section.count(">Standby<") == 6


def test_a_yard_that_rests_on_a_day_is_shown_resting(published):
    tables = dict(published.tables)
    first = tables["roster"]["date"].min()
    yard = tables["roster"]["yard"].iloc[0]
    resting = (tables["roster"]["date"] == first) & (tables["roster"]["yard"] == yard)
    tables["roster"] = tables["roster"][~resting]
    section = report_html(tables, published.manifest, published.areas).split('<section id="calendar"')[1]
    row = section.split(yard)[1].split("</tr>")[0]
    assert row.split("<td>")[1].startswith("–")


def test_a_planner_reads_no_jargon(page):
    plain = ("glance", "next", "calendar", "readiness", "staffing", "map", "coming", "drivers", "worklist", "backlog")
    words = re.compile(r"quantile|CRPS|percentile|ensemble|MILP|posterior|lightgbm|\bq\d\d|nan\b|None\b", re.IGNORECASE)
    for section in plain:
        assert not words.search(page.said(section)), section


def test_stops_with_hardly_any_work_are_not_named(published):
    dispatch = published.tables["dispatch"]
    faint = dispatch.assign(expected_minutes=dispatch["expected_minutes"].mask(dispatch["area"] == "a01", 0.4))
    page = Page(report_html({**published.tables, "dispatch": faint}, published.manifest, published.areas))
    assert "(a01)" not in page.said("next")
    assert "(a02)" in page.said("next")


def test_a_run_without_any_mode_is_normal(published):
    plain = published.manifest.model_copy(update={"modes": ()})
    assert "Mode: normal" in " ".join(Page(report_html(published.tables, plain, published.areas)).text)


def test_a_degraded_run_says_so_at_the_top(published):
    manifest = published.manifest.model_copy(
        update={"modes": ("no issued weather",), "label": "", "is_simulated": False}
    )
    page = Page(report_html(published.tables, manifest, published.areas))
    assert "Degraded run: no issued weather." in page.said("glance")
    assert "drawn from past years" in page.said("glance")
    assert "Simulated city" not in " ".join(page.text)


def test_hostile_names_are_shown_and_do_nothing(hostile):
    text = html(hostile)
    page = Page(text)
    said = " ".join(page.text)
    assert "<script>alert(1)</script>" in said
    assert "<i>Testford</i>" in said
    assert [len(page.all(tag)) for tag in ("script", "img", "i", "b")] == [3, 0, 0, 0]
    names = {area["name"] for area in data_of(text)["map"]["areas"]}
    assert names == set(hostile.areas["name"])


def test_the_data_of_the_map_are_the_published_forecasts(text, published):
    data = data_of(text)["map"]
    forecasts = published.tables["forecasts"]
    one = forecasts[(forecasts["level"] == "area") & (forecasts["category"] == "pothole")]
    week = one[one["date"] <= "2026-03-10"].groupby("area")["mean"].sum()
    assert data["by_category"]["pothole"]["mean"] == pytest.approx(week.round(2).tolist(), abs=0.011)
    low, mean, high = (data["by_category"]["pothole"][k] for k in ("low", "mean", "high"))
    assert all(a <= b <= c for a, b, c in zip(low, mean, high, strict=True))
    assert len(data["areas"][0]["x"]) >= 5


def test_the_blocks_of_a_day_add_up_to_its_mean(text, published):
    drivers, fan = data_of(text)["drivers"], data_of(text)["fan"]
    assert drivers["blocks"] == ["usual", "place", "recent demand", "calendar", "weather"]
    effects = drivers["series"]["noise"]["*"]["effects"]
    assert effects[1] == [None] * len(drivers["dates"])
    sums = [sum(value or 0 for value in column) for column in zip(*effects, strict=True)]
    assert sums == pytest.approx(fan["series"]["noise"]["*"]["mean"], abs=0.05)


def test_a_reader_can_ask_why_of_every_area_by_its_name(text, published):
    drivers, page = data_of(text)["drivers"], Page(text)
    areas = sorted(published.areas["area"])
    assert sorted(drivers["names"]) == [f"area:{area}" for area in areas]
    assert drivers["names"]["area:a05"] == "Area 05"
    one = drivers["series"]["pothole"]["area:a05"]
    forecasts = published.tables["forecasts"].query("level == 'area' and area == 'a05' and category == 'pothole'")
    sums = [sum(column) for column in zip(*one["effects"], strict=True)]
    assert sums == pytest.approx(forecasts["mean"].tolist(), abs=0.05)
    assert drivers["words"][one["words"][0][0]].startswith("usual: +")
    assert drivers["words"][0] == ""
    options = [option.get("value") for option in page.all("option")]
    assert "area:a05" in options


def test_an_area_that_was_not_forecast_is_blank_not_zero(published):
    forecasts = published.tables["forecasts"]
    without = {**published.tables, "forecasts": forecasts[forecasts["area"] != "a05"]}
    data = data_of(report_html(without, published.manifest, published.areas))["map"]
    assert data["by_category"]["noise"]["mean"][4] is None
    assert None not in data["by_category"]["noise"]["mean"][:4]


def test_without_outlines_a_ranked_list_is_said_to_stand_in_for_the_map(unmapped):
    text = html(unmapped)
    assert "no outlines of the areas" in Page(text).said("map")
    assert data_of(text)["map"]["mapped"] is False


def test_an_empty_publication_says_what_is_missing(published):
    page = Page(report_html({}, published.manifest, published.areas.iloc[:0]))
    for section in ("glance", "next", "calendar", "readiness", "staffing", "worklist", "backlog", "health", "accuracy"):
        assert re.search(r"\b(No|no|Nothing|nothing)\b", page.said(section)), section


def test_it_says_how_to_make_it_again(page, published):
    said = page.said("provenance")
    assert "crewcast run testford --as-of 2026-03-03" in said
    assert published.manifest.vintage_id in said
    assert published.manifest.snapshot in said


def test_what_is_published_is_said_with_its_evidence(page, published):
    assert all(recipe.sentence in page.said("accuracy") for recipe in published.manifest.recipes)
    assert "Evidence up to Tuesday 3 March 2026." in page.said("accuracy")
    assert "weather: no gain shown (error 4.6 % lower with it ± 6.0), kept" in page.said("accuracy")
    assert "kept without a gain, as a block goes only on a clear loss" in page.said("accuracy")
    assert "place: error 0.4 % higher with it (± 0.3), left out" in page.said("accuracy")
