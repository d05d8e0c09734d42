"""The first figure of a budget is a share of the work due in the days that the money is of, and the same everywhere."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.service import mean, worst
from allocation.budget.study import Study, study
from domain.budget_entry import BudgetEntry
from domain.progress import silent
from serving.budget.about import conditions
from serving.budget.answers import answers
from serving.budget.cards import cards
from serving.budget.export import budget_files
from serving.budget.figures import line
from serving.words import percent, whole


@pytest.fixture(scope="module")
def lead(budgets: Any) -> Study:
    """Hiring takes longer than the first of two quarters has to go, so mixes are judged on the second alone."""
    pool, _, paths, path = budgets.ingredients()
    slow = {**budgets.BUDGET["crews"]["drainage"], "hiring_lead_days": 120}
    town = budgets.plan({**budgets.BUDGET, "crews": {**budgets.BUDGET["crews"], "drainage": slow}})
    terms = budgets.resolve_terms(town, pool.dense.problem)
    return study(pool, terms, whole_quarters(budgets.AS_OF, 2, "07-01"), 0.9, paths, path, silent)


@pytest.fixture(scope="module")
def files(budgets: Any, lead: Study) -> dict[str, bytes]:
    return budget_files(budgets.made_about(), lead)


def in_time_by_hand(lead: Study) -> float:
    """Mean share of all jobs due in both quarters that are not late."""
    at = list(lead.case.window.within)
    due, late = (jobs[:, at].sum(axis=(0, 1)) for jobs in (lead.case.due, lead.now.course.late))
    return float((1 - late / due) @ lead.case.weight)


def test_the_first_answer_is_the_share_of_all_jobs_due_in_the_quarters_of_the_money(lead: Study) -> None:
    share, first = in_time_by_hand(lead), answers(lead)[0]
    assert lead.case.window.judged != lead.case.window.within
    due = mean(lead.case.due[:, list(lead.case.window.within)].sum(axis=(0, 1)), lead.case.weight)
    assert f"over FY2025 Q3 to FY2025 Q4 and do {percent(share)} of the {whole(due)} jobs due then in time" in first
    least = mean(worst(lead.now.share), lead.case.weight)
    assert percent(least) != percent(share)
    assert first.index(percent(share)) < first.index("of the one that does worst in a draw they do " + percent(least))
    assert "The target of 90" in first
    assert "is set on each kind of work in FY2025 Q4: of the one" in first


def test_sheet_page_card_json_and_csv_tell_the_same_share(lead: Study, files: dict[str, bytes]) -> None:
    share = in_time_by_hand(lead)
    sheet = openpyxl.load_workbook(BytesIO(files["budget.xlsx"]))["Today by quarter"]
    *_, last = [[c.value for c in row] for row in sheet.iter_rows(min_row=5)]
    assert last[:2] == ["all quarters", "All work"]
    assert last[3] == pytest.approx(share)
    mixes = pd.read_csv(StringIO(files["mixes.csv"].decode()))
    assert mixes.loc[mixes["is_now"], "done"].item() == pytest.approx(share)
    entry = BudgetEntry.model_validate_json(files["about.json"])
    (card,) = [c for c in cards(lead) if c[0] == "They do in time"]
    assert card[1] == percent(share)
    assert entry.share_card == card
    assert entry.answers[0] == answers(lead)[0]
    page = files["budget.html"].decode()
    assert f'<p class="card-title">They do in time</p><p class="card-value">{percent(share)}</p>' in page


def test_each_quarter_s_kinds_add_up_to_the_last_rows(lead: Study, files: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(BytesIO(files["budget.xlsx"]))["Today by quarter"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=5)]
    jobs = {(quarter, work): due for quarter, work, due, *_ in rows}
    kinds = [w.title for w in lead.case.pool.dense.work]
    quarters = [q.name for q in lead.quarters]
    assert len(rows) == (len(kinds) + 1) * (len(quarters) + 1)
    for quarter in [*quarters, "all quarters"]:
        assert jobs[quarter, "All work"] == pytest.approx(sum(jobs[quarter, k] for k in kinds))
    for kind in kinds:
        assert jobs["all quarters", kind] == pytest.approx(sum(jobs[q, kind] for q in quarters))


def test_what_one_more_crew_gains_of_all_jobs_is_of_the_days_of_its_money(files: dict[str, bytes], lead: Study) -> None:
    table = pd.read_csv(StringIO(files["one_more.csv"].decode()))
    at = list(lead.case.window.within)
    due = lead.case.due[:, at].sum(axis=(0, 1))
    for row, (_, tried) in zip(table.to_dict("records"), lead.one_more, strict=True):
        fewer = (lead.now.course.late - tried.course.late)[:, at].sum(axis=(0, 1))
        assert row["done"] == pytest.approx(float((fewer / due) @ lead.case.weight))
    np.testing.assert_array_less(table["done_low"], table["done_high"] + 1e-12)


def test_the_advice_names_both_shares_and_conditions_explain_them(budgets: Any, lead: Study) -> None:
    best = line(lead, lead.advised)
    told = next(text for text in answers(lead) if text.startswith("On regular hours alone"))
    assert f"{percent(best.done)} of all jobs due in time on average, {percent(best.share)} of the kind" in told
    assert "in FY2025 Q4" in told
    assert any("over FY2025 Q3 to FY2025 Q4, the days that the money is of" in c for c in conditions(
        budgets.made_about(), lead))  # fmt: skip
