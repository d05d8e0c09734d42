"""What leaves a vintage: calendars, maps and sheets that other tools take, whatever things are called."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from allocation.problem import AreaSite, Problem, ShiftRule, TravelRule, YardSite
from serving.crew_lists import CrewList
from serving.export.a4 import MORE_LINES, MOST_STOPS, paged, sheets_html
from serving.export.edition import Edition
from serving.export.formats import file_names
from serving.export.geojson import plan_geojson
from serving.export.ics import escaped, folded, sequence, uid, yard_calendar
from serving.words import category_words


def edition_of(made: Any) -> Edition:
    """An edition of a made-up publication, with shifts and yards as its roster has them."""
    roster, areas = made.tables["roster"], made.areas
    dates = tuple(made.manifest.first_date + timedelta(days=i) for i in range(made.manifest.horizon_days))
    starts = {"day": 420, "evening": 900, "night": 1380}
    shifts = tuple(
        ShiftRule(
            name=name,
            start_minute=starts.get(name, 420),
            clock_minutes=480,
            minutes=420,
            overtime_minutes=0,
            dates=dates,
        )
        for name in sorted(set(roster["shift"]))
    )
    yards = tuple(
        YardSite(
            name=name,
            lat=float(areas["lat"].mean()),
            lon=float(areas["lon"].mean()),
            shifts=(),
            drive=(9.0,) * len(areas),
        )
        for name in sorted(set(roster["yard"]))
    )
    problem = Problem(
        city=made.manifest.city,
        timezone=made.manifest.timezone,
        currency="USD",
        is_invented=True,
        dates=dates,
        areas=tuple(AreaSite(area=a, district=d) for a, d in zip(areas["area"], areas["district"], strict=True)),
        work=(),
        shifts=shifts,
        crew_types=(),
        yards=yards,
        stationed=(),
        travel=TravelRule(minutes_within_area=7, minutes_unknown=20),
        absence_share=0,
        snow_duty_from_mm=25,
    )
    features = tuple(
        {
            "type": "Feature",
            "properties": {"area": r["area"], "name": r["name"], "district": r["district"]},
            "geometry": json.loads(r["geometry"]) if r["geometry"] else None,
        }
        for r in areas.to_dict("records")
    )
    return Edition(made.manifest, problem, made.tables, features)


@pytest.fixture(scope="session")
def plain(published: Any) -> Edition:
    return edition_of(published)


@pytest.fixture(scope="session")
def odd(hostile: Any) -> Edition:
    return edition_of(hostile)


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_a_calendar_has_one_event_a_shift_with_crews(plain: Edition) -> None:
    roster = plain.tables["roster"]
    yard = roster["yard"].iloc[0]
    busy = roster[(roster["yard"] == yard) & (roster["crews"] > 0)]
    lines = unfolded(yard_calendar(plain, yard))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(busy.groupby(["date", "shift"]))
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == len(uids)


def test_every_line_of_a_calendar_is_short_ends_in_crlf_and_holds_no_bare_break(odd: Edition) -> None:
    for yard in sorted(set(odd.tables["roster"]["yard"])):
        data = yard_calendar(odd, yard)
        assert data.endswith(b"\r\n")
        assert b"\n" not in data.replace(b"\r\n", b"")
        assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_times_are_those_of_the_shift_in_utc_across_the_change_of_clocks(plain: Edition) -> None:
    winter = plain.moment(date(2026, 1, 15), 420)
    summer = plain.moment(date(2026, 7, 15), 420)
    assert winter.hour - summer.hour == 1
    assert plain.moment(date(2026, 7, 15), 1440 + 60) == plain.moment(date(2026, 7, 16), 60)


def test_an_event_keeps_its_uid_and_grows_its_sequence_in_the_next_vintage(plain: Edition) -> None:
    later = replace(plain, manifest=plain.manifest.model_copy(update={"as_of": plain.manifest.as_of + timedelta(1)}))
    revised = replace(plain, manifest=plain.manifest.model_copy(update={"revision": plain.manifest.revision + 1}))
    yard = plain.problem.yards[0].name

    def uids(edition: Edition) -> set[str]:
        return {line for line in unfolded(yard_calendar(edition, yard)) if line.startswith("UID:")}

    assert uids(plain) == uids(later)
    assert sequence(plain) < sequence(revised) < sequence(later)
    assert yard_calendar(plain, yard) == yard_calendar(plain, yard)


def test_uids_of_yards_that_look_alike_differ() -> None:
    names = ["North Yard", "North-Yard", "North_Yard", "Nörth Yard", "north yard"]
    found = {uid("x", name, "day", date(2026, 1, 1)) for name in names}
    assert len(found) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9@.-]+", u) for u in found)


@given(st.text(max_size=300))
def test_any_text_survives_escaping_and_folding(text: str) -> None:
    line = folded("SUMMARY:" + escaped(text))
    assert all(len(piece.encode()) <= 75 for piece in line.split("\r\n"))
    back = line.replace("\r\n ", "")[:-2].removeprefix("SUMMARY:")
    read = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], back)
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert read == "".join(c for c in kept if c == "\n" or (c >= " " and c != "\x7f"))


def test_the_map_is_rfc_7946_with_every_area_and_yard(plain: Edition) -> None:
    told = json.loads(plan_geojson(plain))
    assert told["type"] == "FeatureCollection"
    assert "crs" not in told
    kinds = [f["properties"]["kind"] for f in told["features"]]
    assert kinds.count("area") == len(plain.features)
    assert kinds.count("yard") == len(plain.problem.yards)
    for feature in told["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw
                assert not any(ring.is_ccw for ring in part.interiors)


def test_the_map_carries_the_minutes_of_the_plan(plain: Edition) -> None:
    told = json.loads(plan_geojson(plain))
    minutes = sum(r["expected_minutes"] for f in told["features"] for r in f["properties"].get("plan", []))
    dispatch = plain.tables["dispatch"]
    assert minutes == pytest.approx(dispatch.loc[dispatch["area"] != "*", "expected_minutes"].sum(), abs=1)


def test_the_map_s_yards_hold_every_crew_of_the_roster(published: Any) -> None:
    roster = published.tables["roster"]
    gone = roster.assign(crews=roster["crews"].where(roster["on_readiness"] == 0, 0))
    assert ((gone["crews"] == 0) & (gone["on_readiness"] > 0)).any(), "the case needs crews that are all held ready"
    told = json.loads(plan_geojson(edition_of(replace(published, tables=published.tables | {"roster": gone}))))
    yards = [crew for f in told["features"] if f["properties"]["kind"] == "yard" for crew in f["properties"]["crews"]]
    assert sum(crew["crews"] for crew in yards) == gone["crews"].sum()
    assert sum(crew["held_ready"] for crew in yards) == gone["on_readiness"].sum()
    assert sum(crew["overtime_hours"] for crew in yards) == pytest.approx(gone["overtime_hours"].sum())


def test_a_printed_sheet_asks_for_jobs_by_kind_of_work_as_filing_needs_them(plain: Edition) -> None:
    text = sheets_html(plain).decode()
    heads = re.findall(r"<th scope=\"col\">(Done: [^<]*)</th>", text.split("</thead>")[0])
    kinds = [category_words(c) for c in sorted(set(plain.tables["dispatch"]["category"]))]
    assert len(kinds) > 1
    assert heads == ["Done: crews", "Done: hours*", *(f"Done: jobs, {kind}" for kind in kinds)]
    assert text.count("* Of all crews together, without breaks.") == text.count('<table class="crews">')
    row = re.search(r"<tbody>(<tr>.*?</tr>)", text)
    assert row is not None
    assert row[1].count('class="blank"') == len(heads)


def test_an_area_without_an_outline_has_a_null_geometry(published: Any) -> None:
    blank = replace(published, areas=published.areas.assign(geometry=""))
    told = json.loads(plan_geojson(edition_of(blank)))
    assert all(f["geometry"] is None for f in told["features"] if f["properties"]["kind"] == "area")


def test_there_is_a_sheet_for_every_yard_and_named_day(plain: Edition) -> None:
    text = sheets_html(plain).decode()
    dispatch = plain.tables["dispatch"]
    named = dispatch[dispatch["area"] != "*"][["yard", "date"]].drop_duplicates()
    assert text.count('<main class="page">') == len(named)
    assert text.count("<svg") == len(named)
    assert "invented" in text
    assert max(map(int, re.findall(r'<td class="n">(\d+)</td><th scope="row">', text))) <= MOST_STOPS


def with_lists(plain: Edition, jobs: int) -> tuple[Edition, pd.DataFrame]:
    """The edition with one crew's list of so many jobs on the first named day."""
    dispatch, backlog = plain.tables["dispatch"], plain.tables["backlog"]
    slot = dispatch[dispatch["area"] != "*"].iloc[0]
    rows = backlog.iloc[:jobs][["request_id", "category", "area", "lat", "lon", "due_at", "is_late"]]
    key = {name: slot[name] for name in ("date", "shift", "yard", "crew_type")}
    table = rows.assign(vintage_id="v", **key, crew=1, stop=range(1, jobs + 1))
    return replace(plain, tables={**plain.tables, "crew_jobs": table}), table


@pytest.mark.parametrize("jobs", [1, 9, 150])
def test_each_crew_has_its_open_jobs_in_driving_order_and_none_is_left_out(plain: Edition, jobs: int) -> None:
    edition, table = with_lists(plain, jobs)
    text = sheets_html(edition, str(table["yard"].iloc[0])).decode()
    page = text.split('<tr class="crew">', 1)[1]
    listed = re.findall(r'<th scope="row" class="ids">(r\d+)</th>', page)
    assert listed == table["request_id"].tolist()
    assert [int(n) for n in re.findall(r'<td class="n">A(\d+)</td>', page)] == list(range(1, jobs + 1))
    assert "Crew A: " in text
    assert ("page 2 of" in text) == (jobs > MORE_LINES)


def test_every_page_with_a_list_says_what_may_still_wait(plain: Edition) -> None:
    waiting = replace(plain, manifest=plain.manifest.model_copy(update={"may_wait": "About 4 cannot be begun yet."}))
    edition, table = with_lists(waiting, 150)
    text = sheets_html(edition, str(table["yard"].iloc[0])).decode()
    pages = [page for page in text.split('<main class="page">')[1:] if '<tr class="crew">' in page]
    assert len(pages) > 2
    assert all("About 4 cannot be begun yet." in page for page in pages)
    assert "cannot be begun" not in sheets_html(with_lists(plain, 9)[0]).decode()


@given(st.lists(st.integers(1, 90), max_size=6), st.integers(8, 30))
def test_pages_hold_no_more_lines_than_they_have_room_for(lengths: list[int], first: int) -> None:
    lists = [
        CrewList(str(i), "day", "t", i, tuple({"stop": s} for s in range(1, n + 1))) for i, n in enumerate(lengths)
    ]
    pages = paged(lists, first, MORE_LINES)
    told = [(part["crew"].crew, job["stop"]) for page in pages for part in page for job in part["jobs"]]
    assert told == [(i, s) for i, n in enumerate(lengths) for s in range(1, n + 1)]
    lines = [sum(1 + len(part["jobs"]) for part in page) for page in pages]
    assert lines[0] <= first
    assert all(some <= MORE_LINES for some in lines[1:])


def test_sheets_run_no_script_and_no_name_becomes_markup(odd: Edition) -> None:
    text = sheets_html(odd).decode()
    assert "<script" not in text
    assert "<b>Yard</b>" not in text
    assert "&lt;b&gt;Yard&lt;/b&gt;" in text


@pytest.mark.parametrize("jobs", [9, 20])
def test_every_job_is_a_point_of_the_map_and_no_number_hides_another(plain: Edition, jobs: int) -> None:
    edition, table = with_lists(plain, jobs)
    around = np.arange(jobs)
    spread = table.assign(
        lat=43.1 + 0.002 * around * np.cos(around), lon=-87.9 + 0.003 * around * np.sin(around)
    )  # a spiral, close in its middle
    edition = replace(edition, tables={**edition.tables, "crew_jobs": spread})
    text = sheets_html(edition, str(table["yard"].iloc[0])).decode().split('<main class="page">')[1]
    svg = text[text.index("<svg") : text.index("</svg>")]
    assert svg.count("<circle") == jobs
    sides = " ".join(rf'{name}="([-\d.]+)"' for name in ("x", "y", "width", "height"))
    boxes = [tuple(map(float, box)) for box in re.findall(f'<rect class="(?:mark|yard)" {sides}', svg)]
    assert len(boxes) > 4
    for i, (x, y, w, h) in enumerate(boxes):
        assert not any(x < u + p and u < x + w and y < v + q and v < y + h for u, v, p, q in boxes[:i])


def test_the_map_leaves_room_for_long_lists_and_its_letters_keep_their_size_on_paper(plain: Edition) -> None:
    """The drawing is as wide as the page, so its units are the same size whatever its height."""
    heights = []
    for jobs in (3, 20):
        edition, table = with_lists(plain, jobs)
        page = sheets_html(edition, str(table["yard"].iloc[0])).decode().split('<main class="page">')[1]
        width, height = map(float, re.findall(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"', page)[0])
        assert width == 720
        heights.append(height)
    assert 235 <= heights[1] < heights[0] == 430


def test_sheets_without_a_map_or_a_plan_say_so(published: Any) -> None:
    blank = replace(published, areas=published.areas.assign(geometry=""))
    assert "there is no map" in sheets_html(edition_of(blank)).decode()
    nothing = replace(edition_of(published), tables={})
    assert "No yard has crews" in sheets_html(nothing).decode()


def test_files_of_yards_never_collide() -> None:
    assert file_names(["North", "north", "NORTH!", "../etc", ""]) == ["north", "north-2", "north-3", "etc", "yard"]


def test_reasons_with_breaks_and_commas_stay_one_property(plain: Edition) -> None:
    roster = plain.tables["roster"]
    rows = roster.assign(reason=pd.Series(["a, b; c\\ d\r\nEND:VEVENT"] * len(roster), dtype="str"))
    lines = unfolded(yard_calendar(replace(plain, tables={**plain.tables, "roster": rows}), rows["yard"].iloc[0]))
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")
    assert any(r"a\, b\; c\\ d\nEND:VEVENT" in line for line in lines)
