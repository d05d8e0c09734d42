from __future__ import annotations

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from serving.exports import plan_xlsx
from serving.sheet_yard import HOURS_HEADER
from serving.sheets import HEADER_ROW

HEADER = HEADER_ROW + 1
FIXED = ["Job lists", "Reasons", "Readiness", "Staffing hints", "Worklist", "Forecast", "Backlog", "Data health"]


@pytest.fixture(scope="module")
def book(published):
    return openpyxl.load_workbook(BytesIO(plan_xlsx(published.tables, published.manifest)))


def column(sheet, header: str) -> list[object]:
    """Values below a header."""
    at = next(cell.column for cell in sheet[HEADER] if cell.value == header)
    return [sheet.cell(row, at).value for row in range(HEADER + 1, sheet.max_row + 1)]


def test_it_has_a_first_page_an_overview_and_a_sheet_a_yard(book):
    assert book.sheetnames == ["Read me", "Overview", "Harbour", "Mill Road", "North & Dock", *FIXED]


def test_a_yard_sheet_holds_the_yard_s_roster_with_real_dates(book, published):
    roster = published.tables["roster"]
    own = roster[roster["yard"] == "Harbour"]
    dates, crews = column(book["Harbour"], "Date"), column(book["Harbour"], "Crews")
    assert all(isinstance(day, datetime) for day in dates)
    assert sorted(dates) == sorted(day.to_pydatetime() for day in own["date"])
    assert sum(crews) == own["crews"].sum()
    assert sum(column(book["Harbour"], "Held ready besides")) == own["on_readiness"].sum() > 0


def test_the_foreman_finds_empty_columns_to_fill_in(book):
    for header in (
        "Done: crews",
        HOURS_HEADER,
        "Done: jobs, flooding",
        "Done: jobs, pothole",
        "Why we left the plan",
    ):
        assert set(column(book["Harbour"], header)) == {None}
    assert "all crews, without breaks" in HOURS_HEADER


def test_the_overview_counts_the_crews_of_every_day(book, published):
    sheet = book["Overview"]
    header = [cell.value for cell in sheet[HEADER]]
    assert header[:4] == ["Yard", "Shift", "Crew type", "Wed\n4 Mar"]
    total = sum(v or 0 for row in sheet.iter_rows(min_row=HEADER + 1, min_col=4, values_only=True) for v in row)
    assert total == published.tables["roster"]["crews"].sum()


def test_every_sheet_is_ready_to_print_and_to_filter(book):
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # one is what the format leaves out
        assert sheet.page_setup.fitToHeight == 0
        if sheet.title != "Read me":
            assert sheet.freeze_panes == f"A{HEADER + 1}"
            assert sheet.auto_filter.ref.startswith(f"A{HEADER}:")


def test_every_sheet_says_in_red_that_it_is_invented(book, published):
    for sheet in book.worksheets:
        assert "invented" in sheet["A2"].value
        assert sheet["A2"].font.color.rgb == "FFB00020"


def test_the_first_page_explains_every_other_sheet_and_the_modes(book, published):
    text = "\n".join(str(c) for row in book["Read me"].iter_rows(values_only=True) for c in row if c is not None)
    assert all(name in text for name in book.sheetnames[1:])
    assert "Mode: normal" in text
    assert "Tuesday 3 March 2026" in text
    assert all(recipe.sentence in text for recipe in published.manifest.recipes)


def test_the_forecast_sheet_has_city_and_districts_but_no_single_area(book, published):
    where = set(column(book["Forecast"], "Where"))
    assert where == {"whole city", *(f"District {i}" for i in range(1, 7))}
    forecasts = published.tables["forecasts"]
    assert len(column(book["Forecast"], "Where")) == (forecasts["level"] != "area").sum()


def test_the_backlog_sheet_counts_every_open_request_once(book, published):
    backlog = published.tables["backlog"]
    sheet = book["Backlog"]
    assert sum(column(sheet, "Open")) + sum(column(sheet, "Listed apart as too old")) == len(backlog)
    ages = ("Up to a week", "8 to 30 days", "31 to 90 days", "Over 90 days")
    assert sum(sum(column(sheet, age)) for age in ages) == len(backlog)
    assert sum(column(sheet, "Of these and the old ones: late")) == backlog["is_late"].sum()


def test_no_name_becomes_a_formula_a_link_or_a_broken_sheet(hostile):
    book = openpyxl.load_workbook(BytesIO(plan_xlsx(hostile.tables, hostile.manifest)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {"quoted", "=Overview"} < set(book.sheetnames)
    assert any("=HYPERLINK" in str(cell.value) for cell in cells)


def test_the_same_plan_gives_the_same_bytes_in_whatever_order_its_rows_come(published):
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in published.tables.items()}
    assert plan_xlsx(published.tables, published.manifest) == plan_xlsx(shuffled, published.manifest)


def test_an_empty_publication_still_opens_and_says_so(published):
    book = openpyxl.load_workbook(BytesIO(plan_xlsx({}, published.manifest)))
    assert book.sheetnames == ["Read me", "Overview", *FIXED]
    assert book["Worklist"].cell(HEADER + 1, 1).value == "nothing to show"
