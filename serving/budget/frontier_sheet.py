"""Cost against share in time, mix by mix, the cost as a live formula on the rates of the first sheet."""

from __future__ import annotations

from typing import Any

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.amounts_sheet import ALONE
from serving.budget.figures import line, shown_frontier
from serving.budget.live import Refs
from serving.sheets import HEADER_ROW, Formats, write_top

HEADERS = (
    "Crews", "Number", "Money", "Of all jobs due, in time", "Kind that does worst, in time", "95 % from", "80 % from",
    "80 % to", "95 % to", "Chance of the target", "Note",
)  # fmt: skip


def write_frontier(sheet: Any, styles: Formats, title: str, label: str, note: str, study: Study, refs: Refs) -> None:
    """A row a mix, the cheapest first."""
    write_top(sheet, styles, title, label, note)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, len(HEADERS) - 1, 11.5)
    sheet.set_row(HEADER_ROW, 42)
    sheet.write_row(HEADER_ROW, 0, HEADERS, styles["header"])
    for offset, tried in enumerate(shown_frontier(study), start=1):
        _row(sheet, styles, HEADER_ROW + offset, study, tried, refs)
    sheet.freeze_panes(HEADER_ROW + 1, 1)


def _row(sheet: Any, styles: Formats, at: int, study: Study, tried: Tried, refs: Refs) -> None:
    found = line(study, tried)
    sheet.write_string(at, 0, found.mix, styles["bold" if found.is_now or found.is_advised else "text"])
    sheet.write_number(at, 1, found.crews, styles["whole"])
    money = f"={refs[ALONE, tried.mix, study.case.window.within]}"
    sheet.write_formula(at, 2, money, styles["money"], found.money)
    shares = (found.done, found.share, found.lowest, found.low, found.high, found.highest, found.chance)
    for column, share in enumerate(shares, start=3):
        sheet.write_number(at, column, share, styles["rate"])
    named = "cheapest, regular hours" if study.is_met else "best tried"
    said = "today" if found.is_now else named if found.is_advised else ""
    sheet.write_string(at, len(HEADERS) - 1, said, styles["text"])
