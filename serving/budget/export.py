"""Every file of a budget as bytes: workbook, page, and the findings as CSV."""

from __future__ import annotations

import pandas as pd

from allocation.budget.study import Study
from serving.budget import answer_tables as tables
from serving.budget.about import About
from serving.budget.figures import line
from serving.budget.page import budget_html
from serving.budget.told import told
from serving.budget.workbook import budget_xlsx
from serving.cells import neutral_frame


def budget_files(about: About, study: Study) -> dict[str, bytes]:
    """File name -> content; the same study gives the same bytes."""
    frames = {
        "mixes": pd.DataFrame([_plain(vars(line(study, t))) for t in study.tried]),
        "needs": tables.needs_table(study),
        "one_more": tables.more_table(study),
        "months": tables.months_table(study),
        "influences": tables.influence_table(study),
    }
    files = {f"{name}.csv": _csv(frame) for name, frame in frames.items()}
    pages = {"budget.xlsx": budget_xlsx(about, study), "budget.html": budget_html(about, study).encode()}
    return {**pages, "about.json": told(about, study), **files}


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "by_work"}


def _csv(frame: pd.DataFrame) -> bytes:
    return neutral_frame(frame).to_csv(index=False, float_format="%.10g", lineterminator="\n").encode()
