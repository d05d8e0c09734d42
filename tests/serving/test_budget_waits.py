"""A budget of a city whose requests wait before crews can begin says so wherever it is read."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.roll import says
from allocation.budget.service import chance, in_time
from allocation.budget.study import Study, study
from allocation.problem import WaitRule
from allocation.ready import ready_over
from allocation.waits import EVERY_DAY
from domain.budget_entry import BudgetEntry
from domain.progress import silent
from serving.budget.about import conditions
from serving.budget.answer_tables import needs_table
from serving.budget.answers import answers
from serving.budget.page import budget_html
from serving.budget.told import told
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


def test_no_mix_is_called_nearest_to_a_target_that_none_could_meet(budgets: Any, waiting: Study) -> None:
    """The same in the terminal's sentences, the page, the workbook and the JSON."""
    about = budgets.made_about()
    assert not waiting.can_be_met
    sentence = next(text for text in answers(waiting) if text.startswith(REACH))
    best = max(waiting.tried, key=lambda t: waiting.case.score(t))
    assert f"{says(waiting.case.pool, best.mix)} gets furthest: {percent(waiting.case.score(best)[1])}" in sentence
    entry = BudgetEntry.model_validate_json(told(about, waiting))
    assert not entry.can_be_met
    assert entry.most_in_time == pytest.approx(0.7, abs=0.01)
    page, content = budget_html(about, waiting), budget_xlsx(about, waiting)
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    for texts in (entry.answers, [page.split("<script>")[0]], cells):
        assert any(sentence in text for text in texts)
        assert not any("nearest" in text or "dvised mix" in text for text in texts)
    assert "out of reach" in page
    assert "advised" not in cells
    assert "Cost best tried" in book.sheetnames
    assert set(needs_table(waiting)["alone"]) == {"no number of crews"}


def test_a_target_that_more_crews_than_tried_could_meet_still_has_a_nearest_mix(budgets: Any) -> None:
    pool, terms, paths, path = budgets.ingredients(mean=9.0)
    few = study(pool, terms, whole_quarters(budgets.AS_OF, 2, "07-01"), 1.0, paths, path, silent)
    assert few.can_be_met
    assert not few.is_met
    assert any("The nearest is" in text for text in answers(few))
    assert "none of those tried" in set(needs_table(few)["alone"])
    assert any("no mix tried meets the target either" in text for text in answers(few))
    assert not any(text.startswith("No number of crews") for text in answers(few))


def test_what_any_crews_can_do_is_an_upper_bound_of_what_each_mix_does(waiting: Study) -> None:
    case = waiting.case
    for which in (case.window.judged, case.window.within):
        most = case.most(which)
        for tried in (*waiting.tried, *waiting.helped):
            assert (in_time(tried.course.late, case.due, which) <= most + 1e-9).all()
    assert case.can_be_met(0.8, case.window.judged) == (chance(case.most(case.window.judged), 0.9, case.weight) >= 0.8)


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
