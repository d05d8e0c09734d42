"""A budget of a city whose requests wait before crews can begin says so wherever it is read."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.study import Study, study
from allocation.problem import WaitRule
from allocation.ready import ready_over
from allocation.waits import EVERY_DAY
from domain.progress import silent
from serving.budget.about import conditions
from serving.budget.answers import answers
from serving.budget.page import budget_html
from serving.budget.workbook import budget_xlsx
from serving.words import percent

REACH = f"No number of crews meets {percent(0.9)}"


@pytest.fixture(scope="module")
def waiting(budgets: Any) -> Study:
    """Three in ten potholes wait ten days and are due after four."""
    pool, terms, paths, path = budgets.ingredients()
    d = pool.dense
    rule = WaitRule(days={0: 0.7, 10: 0.3}, basis="expert", weekdays=EVERY_DAY)
    work = (d.work[0].model_copy(update={"waits": rule}), *d.work[1:])
    problem = d.problem.model_copy(update={"work": work})
    slow = replace(pool, dense=replace(d, problem=problem, work=work, ready=ready_over(work, pool.dates)))
    return study(slow, terms, whole_quarters(budgets.AS_OF, 2, "07-01"), 0.9, paths, path, silent)


def test_a_target_that_waits_put_out_of_reach_is_said_with_the_most_that_can_be(waiting: Study) -> None:
    assert not waiting.is_met
    assert max(t.share[0].mean() for t in waiting.tried) <= 0.71
    told = next(text for text in answers(waiting) if text.startswith(REACH))
    assert f"at most {percent(0.7)} of potholes can be in time" in told


def test_page_and_first_sheet_name_the_waits_and_what_is_left_out(budgets: Any, waiting: Study) -> None:
    about = budgets.made_about()
    line = next(text for text in conditions(about, waiting) if "played with these waits" in text)
    assert "(expert)" in line
    assert "what is open when it begins is taken to be ready" in line
    page = budget_html(about, waiting)
    sheet = openpyxl.load_workbook(BytesIO(budget_xlsx(about, waiting)))["Budget"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    for start in (REACH, line[:40]):
        assert start in page
        assert any(text.startswith(start) for text in cells)


def test_without_waits_nothing_is_said_of_them(budgets: Any) -> None:
    plain = budgets.made_study()
    assert not any("wait" in text or REACH in text for text in answers(plain))
    assert not any("waits" in text for text in conditions(budgets.made_about(), plain))
