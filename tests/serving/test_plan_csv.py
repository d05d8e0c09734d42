from __future__ import annotations

import csv
import io
import re

import pandas as pd

from serving.cells import DANGEROUS
from serving.exports import plan_csv


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_it_opens_right_in_excel(published):
    data = plan_csv(published.tables, published.manifest)
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert not any("\n" in line for line in lines)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", rows_of(data)[0]["date"])


def test_it_has_one_row_a_roster_row_with_the_same_crews(published):
    rows, roster = rows_of(plan_csv(published.tables, published.manifest)), published.tables["roster"]
    assert len(rows) == len(roster)
    assert sum(int(row["crews"]) for row in rows) == roster["crews"].sum()


def test_its_minutes_are_those_of_dispatch(published):
    rows, dispatch = rows_of(plan_csv(published.tables, published.manifest)), published.tables["dispatch"]
    assert abs(sum(float(row["expected_minutes"]) for row in rows) - dispatch["expected_minutes"].sum()) < len(rows)
    near = next(row for row in rows if row["date"] == "2026-03-04")
    named = [float(m) for m in re.findall(r": (?:pothole|flooding) (\d+) min", near["areas"])]
    assert len(named) == 3
    assert abs(sum(named) - float(near["expected_minutes"])) <= 2


def test_a_weekday_is_the_weekday_of_its_date(published):
    for row in rows_of(plan_csv(published.tables, published.manifest)):
        assert pd.Timestamp(row["date"]).day_name() == row["weekday"]


def test_later_days_name_no_area_but_a_range(published):
    rows = rows_of(plan_csv(published.tables, published.manifest))
    later = [row["areas"] for row in rows if row["date"] > "2026-03-05"]
    assert later
    assert all(re.fullmatch(r"(pothole|flooding) \d+ to \d+ min, areas named nearer the day", text) for text in later)


def test_work_that_is_not_sure_is_not_given_as_stops(published):
    dispatch = published.tables["dispatch"]
    thin = dispatch.assign(expected_served=dispatch["expected_served"].where(dispatch["area"] == "*", 0.2))
    rows = rows_of(plan_csv({**published.tables, "dispatch": thin}, published.manifest))
    near = [row for row in rows if row["date"] <= "2026-03-05"]
    for row in near:
        minutes = re.fullmatch(r"jobs not sure yet (\d+) min, likeliest in a\d+, a\d+ and a\d+", row["areas"])[1]
        assert minutes == row["expected_minutes"]


def test_no_cell_is_run_as_a_formula_whatever_areas_and_yards_are_called(hostile):
    rows = rows_of(plan_csv(hostile.tables, hostile.manifest))
    assert any(row["yard"] == "'=Overview" for row in rows)
    assert not [cell for row in rows for cell in row.values() if re.match(DANGEROUS, cell)]


def test_every_row_says_that_it_is_invented(published):
    rows = rows_of(plan_csv(published.tables, published.manifest))
    assert all("invented" in row["note"] and row["vintage_id"] == published.manifest.vintage_id for row in rows)


def test_the_same_plan_gives_the_same_bytes_in_whatever_order_its_rows_come(published):
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in published.tables.items()}
    assert plan_csv(published.tables, published.manifest) == plan_csv(shuffled, published.manifest)


def test_a_city_without_a_roster_gets_a_header_and_no_row(published):
    assert rows_of(plan_csv({}, published.manifest)) == []


def test_crews_without_any_stop_keep_their_row_and_minutes(published):
    tables = {**published.tables, "dispatch": published.tables["dispatch"].iloc[:0]}
    rows = rows_of(plan_csv(tables, published.manifest))
    assert len(rows) == len(published.tables["roster"])
    assert {row["areas"] for row in rows} == {""}
    assert sum(float(row["expected_minutes"]) for row in rows) == published.tables["roster"]["expected_minutes"].sum()


def test_a_stop_with_hardly_any_work_counts_but_is_not_named(published):
    dispatch = published.tables["dispatch"]
    faint = {**published.tables, "dispatch": dispatch.assign(expected_minutes=4.0)}
    rows = rows_of(plan_csv(faint, published.manifest))
    assert {row["areas"] for row in rows} == {"", "jobs not sure yet 12 min"}
    assert sum(float(row["expected_minutes"]) for row in rows) == 4 * len(dispatch)
