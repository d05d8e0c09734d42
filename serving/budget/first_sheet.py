"""The first sheet: the answer, what it is conditional on, and every input with its basis, the assumed ones marked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from allocation.budget.study import Study
from serving.budget.about import About, conditions, not_calibrated
from serving.budget.answers import answers
from serving.budget.figures import unit_words
from serving.sheets import LINE_HEIGHT, Formats, lines_needed, write_top
from serving.words import long_day

FIRST = "Budget"
WIDTHS = (44, 16, 22, 14, 40)


def write_first(sheet: Any, styles: Formats, about: About, study: Study) -> dict[str, str]:
    """Writes the sheet; input key -> absolute reference of its cell, for formulas on other sheets."""
    note = f"As of the end of {long_day(about.as_of)}. Budget {about.budget_id}."
    write_top(sheet, styles, f"Crew budget · {about.title}", about.said, note)
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    head = filter(None, [not_calibrated(about, study)])
    row = _sentences(sheet, styles, 4, "The answer", [*head, *answers(study)])
    row = _sentences(sheet, styles, row, "What this rests on", conditions(about, study))
    sheet.write_string(row, 0, "Inputs", styles["heading"])
    legend = (
        "Blue cells may be changed and the sums on the other sheets follow; the sentences above stand at the rates of "
        "the run. Orange: assumed, so look at these first."
    )
    sheet.write_string(row + 1, 0, legend, styles["subtitle"])
    return _inputs(sheet, styles, row + 2, study)


def _sentences(sheet: Any, styles: Formats, row: int, heading: str, texts: list[str]) -> int:
    sheet.write_string(row, 0, heading, styles["heading"])
    width = sum(WIDTHS)
    for offset, (text, lines) in enumerate(zip(texts, lines_needed(pd.Series(texts), width), strict=True), start=1):
        sheet.merge_range(row + offset, 0, row + offset, len(WIDTHS) - 1, "", styles["plain"])
        sheet.write_string(row + offset, 0, text, styles["plain"])
        sheet.set_row(row + offset, LINE_HEIGHT * int(lines) + 3)
    return row + len(texts) + 2


def _inputs(sheet: Any, styles: Formats, row: int, study: Study) -> dict[str, str]:
    """Only figures that a sum refers to are cells to change; the others went into the simulation."""
    for at, text in enumerate(("Input", "Value", "Unit", "Basis", "Changing it here")):
        sheet.write_string(row, at, text, styles["header"])
    cells = {}
    for offset, one in enumerate(study.case.terms.inputs, start=1):
        at, is_assumed = row + offset, one.basis == "assumed"
        sheet.write_string(at, 0, one.name, styles["text"])
        sheet.write_number(at, 1, one.value, styles["guess" if is_assumed else "input" if one.key else "number"])
        sheet.write_string(at, 2, unit_words(study, one), styles["text"])
        sheet.write_string(at, 3, one.basis, styles["mark" if is_assumed else "text"])
        note = "moves the sums" if one.key else "needs a new run: it is in the simulation"
        sheet.write_string(at, 4, note, styles["text"])
        if one.key:
            cells[one.key] = f"'{FIRST}'!$B${at + 1}"
    return cells
