"""The answer sheets follow a changed rate, to what the study would have come to with it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pytest

from allocation.budget.money import costs
from allocation.budget.search import Tried
from allocation.budget.study import Study
from allocation.budget.terms import resolve_terms
from serving.budget.amounts import items
from serving.budget.answer_tables import needs_table
from serving.budget.live import MONTHS, MORE, NEEDS, POSITIONS
from serving.budget.workbook import TOTALS, budget_xlsx

CHANGED = {
    "wage of a patching crew": 83.0,
    "fringe on the wage, drainage": 0.4,
    "truck, patching": 130.0,
    "material, patching": 31.0,
    "paid hours, drainage": 7.5,
    "overtime factor, patching": 1.75,
    "wage of a seasonal crew, winter": 61.0,
    "Paving Ltd, pothole": 215.0,
    "Paving Ltd, mobilisation": 900.0,
}


@pytest.fixture(scope="module")
def study(budgets: Any) -> Study:
    return budgets.made_study()


@pytest.fixture(scope="module")
def changed(budgets: Any, study: Study, worked: Any) -> Any:
    """The workbook with every rate of CHANGED typed into its cell."""
    sheets = worked(budget_xlsx(budgets.made_about(), study))
    first = sheets.book["Budget"]
    rows = {first.cell(r, 1).value: r for r in range(1, first.max_row + 1)}
    for name, value in CHANGED.items():
        assert first.cell(rows[name], 5).value == "moves the sums"
        first.cell(rows[name], 2).value = value
    return sheets


@pytest.fixture(scope="module")
def again(budgets: Any, study: Study) -> Any:
    """Money by period (P,) of a mix under the changed rates, reckoned by the study's own rule."""
    budget = {**budgets.BUDGET, "crews": {name: dict(of) for name, of in budgets.BUDGET["crews"].items()}}
    budget["crews"]["patching"] |= {"wage_per_hour": 83, "truck_per_day": 130, "material_per_job": 31}
    budget["crews"]["drainage"] |= {"fringe_share": 0.4, "paid_hours_per_shift": 7.5}
    budget["seasonal"] = [{**budget["seasonal"][0], "wage_per_hour": 61}]
    budget["contractors"] = [{**budget["contractors"][0], "price_per_job": {"pothole": 215}, "mobilisation_fee": 900}]
    terms = resolve_terms(budgets.plan(budget), study.case.pool.dense.problem)
    terms = replace(terms, rates=(replace(terms.rates[0], overtime_factor=1.75), terms.rates[1]))

    def money(tried: Tried) -> np.ndarray:
        return costs(study.case.pool, terms, tried.people, tried.course).total @ study.case.weight

    return money


def cells(sheets: Any, sheet: str, header: str) -> list[Any]:
    """What every cell below a header comes to."""
    here = sheets.book[sheet]
    at = next(c for c in here[4] if c.value == header)
    return [sheets.value(sheet, f"{at.column_letter}{row}") for row in range(5, here.max_row + 1)]


def test_crews_needed_follow(changed: Any, study: Study, again: Any) -> None:
    of_them = "Money of these quarters"
    for header, of in ((of_them, "alone"), (f"{of_them} then", "helped")):
        found = [(getattr(n, of), list(n.within)) for n in study.needs]
        assert any(t is not None for t, _ in found)
        for value, (tried, own) in zip(cells(changed, NEEDS, header), found, strict=True):
            assert value is None if tried is None else value == pytest.approx(again(tried)[own].sum(), rel=1e-9)


def test_a_quarter_s_crews_cost_what_that_quarter_costs(study: Study) -> None:
    table, whole = needs_table(study), study.case.window.within
    by_name = {q.name: [p for p in whole if study.case.pool.periods[p].quarter == q.name] for q in study.quarters}
    told = [(row, by_name[row["quarters"]]) for row in table.to_dict("records") if row["quarters"] in by_name]
    assert len(told) == 4
    met = [
        (row, own, need.alone) for (row, own), need in zip(told, study.needs[-len(told) :], strict=True) if need.alone
    ]
    assert {row["quarters"] for row, _, _ in met} == set(by_name)
    for row, own, tried in met:
        assert row["alone_money"] == pytest.approx(tried.costs.total[own].sum(axis=0) @ study.case.weight)
        assert row["alone_money"] < 0.7 * study.case.mean_cost(tried)


def test_one_more_crew_follows(changed: Any, study: Study, again: Any) -> None:
    within = list(study.case.window.within)
    more = [(again(t) - again(study.now))[within].sum() for _, t in study.one_more]
    assert cells(changed, MORE, "Money") == pytest.approx(more, rel=1e-9)
    late = cells(changed, MORE, "Late jobs avoided")
    each = [None if value is None else value * jobs for value, jobs in zip(
        cells(changed, MORE, "Money a late job avoided"), late, strict=True)]  # fmt: skip
    assert any(value is not None for value in each)
    assert all(value is None or value == pytest.approx(m, rel=1e-9) for value, m in zip(each, more, strict=True))


def test_overtime_hiring_and_contractors_follow(changed: Any, study: Study, again: Any) -> None:
    of = {m.key: again(m.tried) for m in study.means}
    wanted = [of[m.key][m.period] - of["now"][m.period] for m in study.months]
    assert cells(changed, MONTHS, "Extra money") == pytest.approx(wanted, rel=1e-9, abs=1e-6)
    before = [m.extra for m in study.months]
    moved = {m.key for m, a, b in zip(study.months, wanted, before, strict=True) if abs(a - b) > 1}
    assert {"overtime", "contractors", "both"} < moved, "every means is dearer than it was"
    assert cells(changed, MONTHS, "Late jobs avoided") == pytest.approx([m.avoided for m in study.months])
    each = cells(changed, MONTHS, "Money a late job avoided")
    for value, extra, month in zip(each, wanted, study.months, strict=True):
        assert value is None if month.each is None else value == pytest.approx(extra / month.avoided, rel=1e-9)


def test_positions_and_the_year_under_way_follow(changed: Any, study: Study, again: Any) -> None:
    assert cells(changed, POSITIONS, "Loaded crew-hour") == pytest.approx([83 * 1.3, 80 * 1.4])
    sheet = changed.book[TOTALS]
    row = next(r for r in range(1, sheet.max_row + 1) if str(sheet.cell(r, 1).value).endswith("end, mean"))
    spent = study.spending
    assert spent is not None
    to_go = again(study.now)[list(spent.ahead)].sum() * spent.stretch
    assert changed.value(TOTALS, f"B{row}") == pytest.approx(to_go)
    left = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == "Left at the year’s end")
    assert changed.value(TOTALS, f"B{left}") == pytest.approx(spent.left - to_go)
    assert abs(spent.left - to_go - spent.over) > 1000


def test_every_sheet_whose_choice_needs_a_run_says_so(budgets: Any, study: Study) -> None:
    book = openpyxl.load_workbook(BytesIO(budget_xlsx(budgets.made_about(), study)))
    for sheet in (NEEDS, MORE, POSITIONS, MONTHS):
        assert str(book[sheet]["A3"].value).endswith("needs a new run.")


def test_amounts_and_rates_come_to_a_mix_s_money_with_pay_for_readiness(study: Study) -> None:
    ready = np.full_like(study.now.costs.standby, 700.0)
    tried = replace(study.advised, costs=replace(study.advised.costs, standby=ready))
    keys = {i.key: "A1" for i in study.case.terms.inputs if i.key}
    money = sum(i.of(tried) * i.value for i in items(study, keys))
    np.testing.assert_allclose(money, tried.costs.total @ study.case.weight, rtol=1e-9)
