"""A fiscal year that begins inside a month: the month's two parts are told apart wherever months are listed."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import openpyxl

from allocation.budget.fiscal import periods, quarter_of
from allocation.budget.study import study
from domain.progress import silent
from serving.budget.export import budget_files


def test_no_month_is_listed_twice_under_one_name(budgets: Any) -> None:
    pool, terms, paths, path = budgets.ingredients()
    found, place = periods(pool.dates, "01-15")
    pool = replace(pool, periods=found, place=tuple(place), standby=np.zeros((len(found), len(pool.weight))))
    quarters = [quarter_of(pool.dates[100], "01-15")]
    made = study(pool, terms, quarters, 0.9, paths, path, silent)
    files = budget_files(budgets.made_about(), made)
    months = [r.split(",")[:3] for r in files["months.csv"].decode().splitlines()[1:] if ",overtime,overtime," in r]
    assert [m[0] for m in months] == ["2025-01 (15–31)", "2025-02", "2025-03", "2025-04 (1–14)"]
    book = openpyxl.load_workbook(BytesIO(files["budget.xlsx"]))
    listed = {str(row[0].value) for row in book["Cost today"].iter_rows(min_row=5, max_col=1) if row[0].value}
    assert {m[0] for m in months} <= listed
    spans = {str(row[2].value) for row in book["Amounts"].iter_rows(min_row=5, max_col=3)}
    assert "2025-01 (15–31) to 2025-04 (1–14)" in spans
    page = files["budget.html"].decode()
    assert "2025-01 (15–31)" in page
