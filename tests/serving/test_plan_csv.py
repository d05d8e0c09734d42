from __future__ import annotations

import csv
import io
import re

import openpyxl
import pandas as pd
import pytest

from serving.cells import DANGEROUS
from serving.exports import plan_csv, plan_xlsx
from serving.plan_rows import rounded


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


@pytest.mark.parametrize(
    ("jobs", "said"),
    [(0.0, 0.0), (0.04, 0.04), (0.00062786, 0.000628), (0.1234, 0.123), (0.9996, 1.0), (4.516, 4.52), (123.456, 123.46),
     (1e-9, 0.0)],
)  # fmt: skip
def test_a_few_jobs_do_not_become_none(jobs, said):
    assert rounded(pd.Series([jobs])).tolist() == pytest.approx([said], rel=1e-12)


def test_csv_and_workbook_say_the_same_number_of_jobs(published):
    late = published.tables["dispatch"].assign(expected_late=0.000314159)
    tables = {**published.tables, "dispatch": late}
    rows = rows_of(plan_csv(tables, published.manifest))
    book = openpyxl.load_workbook(io.BytesIO(plan_xlsx(tables, published.manifest)))
    found: dict[str, list[float]] = {}
    for sheet in (book[name] for name in {row["yard"] for row in rows}):
        header = next(r for r in sheet.iter_rows() if any(c.value == "Jobs late, expected" for c in r))
        for title in ("Jobs done, expected", "Jobs late, expected"):
            column = next(c for c in header if c.value == title)
            cells = [sheet.cell(r, column.column) for r in range(column.row + 1, sheet.max_row + 1)]
            found.setdefault(title, []).extend(float(c.value) for c in cells if c.value is not None)
            assert {c.number_format for c in cells if c.value is not None} == {"#,##0.0#####"}
    for title, field in (("Jobs done, expected", "expected_served"), ("Jobs late, expected", "expected_late")):
        assert sorted(found[title]) == pytest.approx(sorted(float(row[field]) for row in rows), rel=1e-5)
    assert 0 < min(float(row["expected_late"]) for row in rows if float(row["expected_late"])) < 0.05
