"""The workbook's formulas are worked out here, so that they are known to give the totals and to follow a wage."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from allocation.budget.search import try_mixes
from allocation.budget.service import in_time
from serving.budget.about import conditions
from serving.budget.export import budget_files
from serving.budget.workbook import ADVISED, BEST, FRONTIER, NOW, TOTALS, budget_xlsx


@pytest.fixture(scope="module")
def study(budgets):
    return budgets.made_study()


@pytest.fixture(scope="module")
def content(budgets, study) -> bytes:
    return budget_xlsx(budgets.made_about(), study)


def sum_row(book, sheet: str) -> int:
    return next(row for row in range(book[sheet].max_row, 1, -1) if book[sheet].cell(row, 3).value == "All")


def first_cell(book, text: str) -> str:
    return next(f"B{r}" for r in range(1, book["Budget"].max_row + 1) if book["Budget"].cell(r, 1).value == text)


@pytest.mark.parametrize("sheet", [NOW, ADVISED])
def test_the_formulas_give_the_study_s_total(content, study, sheet, worked):
    sheets = worked(content)
    tried = study.now if sheet == NOW else study.advised
    row = sum_row(sheets.book, sheet)
    assert sheets.value(sheet, f"P{row}") == pytest.approx(study.case.mean_cost(tried), rel=1e-9)


def test_every_formula_s_cached_value_is_what_it_works_out_to(content, worked):
    sheets, cached = worked(content), openpyxl.load_workbook(BytesIO(content), data_only=True)
    count = 0
    for sheet in sheets.book.worksheets:
        for cell in (
            c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith("=")
        ):
            if cell.data_type == "f":
                count += 1
                assert sheets.value(sheet.title, cell.coordinate) == pytest.approx(
                    cached[sheet.title][cell.coordinate].value, rel=1e-9, abs=1e-6
                ), f"{sheet.title}!{cell.coordinate} {cell.value}"
    assert count > 200


def test_sums_hold_where_only_seasonal_crews_of_a_type_work(budgets, study, worked):
    tried = try_mixes(study.case, [(0, 2)])[0]
    content = budget_xlsx(budgets.made_about(), replace(study, advised=tried))
    sheets, cached = worked(content), openpyxl.load_workbook(BytesIO(content), data_only=True)
    sheet = ADVISED if study.is_met else BEST
    row = sum_row(sheets.book, sheet)
    assert sheets.value(sheet, f"L{row}") > 0, "material of what the seasonal crews did"
    for column in "HIJLNOP":
        shown = cached[sheet][f"{column}{row}"].value
        assert shown == pytest.approx(sheets.value(sheet, f"{column}{row}"), rel=1e-9, abs=1e-6), column


def test_a_changed_wage_moves_every_sum_by_the_hours_it_pays(content, study, worked):
    sheets = worked(content)
    row, cell = sum_row(sheets.book, NOW), first_cell(sheets.book, "wage of a patching crew")
    before = sheets.value(NOW, f"P{row}"), sheets.value(TOTALS, "B7"), frontier_now(sheets)
    sheets.book["Budget"][cell].value += 10
    within = list(study.case.window.within)
    hours = study.now.costs.hours[0, within].sum()
    assert sheets.value(NOW, f"P{row}") - before[0] == pytest.approx(hours * 10 * 1.3, rel=1e-9)
    assert sheets.value(TOTALS, "B7") - before[1] == pytest.approx(hours * 10 * 1.3, rel=1e-9)
    assert frontier_now(sheets) - before[2] == pytest.approx(hours * 10 * 1.3, rel=1e-9)


def frontier_now(sheets: Any) -> float:
    sheet = sheets.book[FRONTIER]
    money = next(c.column_letter for c in sheet[4] if c.value == "Money")
    row = next(r for r in range(5, sheet.max_row + 1) if any(c.value == "today" for c in sheet[r]))
    return sheets.value(FRONTIER, f"{money}{row}")


def test_cost_codes_add_up_to_the_same_total_with_snow_duty_once(content, study, worked):
    sheets = worked(content)
    sheet = sheets.book[TOTALS]
    start = next(r for r in range(1, sheet.max_row) if sheet.cell(r, 1).value == "Cost code")
    end = next(r for r in range(start, sheet.max_row) if sheet.cell(r, 1).value == "All")
    codes = {sheet.cell(r, 1).value: sheets.value(TOTALS, f"B{r}") for r in range(start + 1, end)}
    assert codes["snow (snow duty)"] > 0
    assert sum(codes.values()) == pytest.approx(study.case.mean_cost(study.now), rel=1e-9)


def test_snow_days_of_seasonal_crews_are_under_the_snow_code(content, study, worked):
    """The seasonal crew is of a type that ploughs: on a snow day it is away as its permanent fellows are."""
    sheets = worked(content)
    rows = [[c.value for c in row] for row in sheets.book[NOW].iter_rows(min_row=5)]
    share = {(r[0], r[2]): r[5] / r[4] for r in rows if r[2] in ("patching", "winter") and r[4]}
    assert share["2025-01", "winter"] == pytest.approx(share["2025-01", "patching"], rel=1e-9)
    assert share["2025-01", "winter"] > 0
    at = next(n for n, r in enumerate(rows, start=5) if r[0] == "2025-01" and r[2] == "winter")
    paid = sum(sheets.value(NOW, f"{column}{at}") for column in "HIJ")
    assert sheets.value(NOW, f"Q{at}") == pytest.approx(share["2025-01", "winter"] * paid, rel=1e-9)


def test_assumed_inputs_are_marked_on_the_first_sheet(content, study):
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    marked = [r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 4).value == "assumed"]
    assert len(marked) == sum(i.basis == "assumed" for i in study.case.terms.inputs) > 5
    assert {sheet.cell(r, 4).fill.fgColor.rgb for r in marked} == {"FFFFE2B8"}


def test_a_name_that_looks_like_a_formula_stays_a_name(content, worked):
    codes = [c.value for c in worked(content).book[NOW]["D"]]
    assert "=P&1" in codes
    cell = next(c for c in worked(content).book[NOW]["D"] if c.value == "=P&1")
    assert cell.data_type == "s" or cell.quotePrefix


def test_the_same_study_gives_the_same_bytes(budgets):
    again = [budget_files(budgets.made_about(), budgets.made_study.__wrapped__("Testford")) for _ in range(2)]
    assert again[0] == again[1]


def test_a_queue_that_does_not_reproduce_what_was_recorded_says_so(budgets, study):
    about = budgets.made_about()
    assert "not recorded" in conditions(about, study)[0]
    share = in_time(study.now.course.late, study.case.due, study.case.window.within) @ study.case.weight
    known = tuple(zip(study.case.pool.work, (float(s) for s in share), strict=True))
    assert conditions(replace(about, recorded=known), study)[0].startswith("Today’s crews:")
    off = tuple((name, abs(s - 0.3)) for name, s in known)
    assert conditions(replace(about, recorded=off), study)[0].startswith("Not calibrated:")
