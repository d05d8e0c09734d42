"""The sheet of amounts: a row for each sum that another sheet shows, its money a formula on the first sheet's rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from allocation.budget.roll import says
from allocation.budget.search import Tried
from allocation.budget.study import Study
from domain.panel import Floats
from serving.budget.amounts import Cells, Item, items
from serving.budget.changed_money import help_words
from serving.budget.figures import shown_frontier
from serving.sheets import HEADER_ROW, Formats, write_top

AMOUNTS = "Amounts"
ALONE, HELPED = "regular hours", "overtime and contractors"
LEFT = ("Crews", "With", "Months")
NOTE = (
    "Means over the draws, from the simulation. Money is a formula on the first sheet’s rates. Readiness pay stands as "
    "in the run, and so does which of several contractors takes a job first."
)
Key = tuple[str, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Sum:
    """Money of one mix, worked with some means, over some periods."""

    means: str
    tried: Tried
    periods: tuple[int, ...]

    @property
    def key(self) -> Key:
        return self.means, self.tried.mix, self.periods


def sums(study: Study) -> list[Sum]:
    """Every sum that a sheet refers to, once each."""
    within = study.case.window.within
    alone = [study.now, *shown_frontier(study), *(t for _, t in study.one_more)]
    found = [Sum(ALONE, t, within) for t in alone]
    found += [Sum(ALONE, n.alone, n.within) for n in study.needs if n.alone is not None]
    found += [Sum(HELPED, n.helped, n.within) for n in study.needs if n.helped is not None]
    found += [Sum(m.key, m.tried, (p,)) for p in within for m in study.means]
    if study.spending is not None:
        found.append(Sum(ALONE, study.now, study.spending.ahead))
    return list({one.key: one for one in found}.values())


def references(study: Study, cells: Cells) -> dict[Key, str]:
    """Sum -> absolute reference of its money."""
    money = xl_col_to_name(len(LEFT) + len(items(study, cells)))
    return {one.key: f"'{AMOUNTS}'!${money}${HEADER_ROW + 2 + at}" for at, one in enumerate(sums(study))}


def write_amounts(sheet: Any, styles: Formats, title: str, label: str, study: Study, cells: Cells) -> None:
    """The rows in the order of `sums`."""
    paid = items(study, cells)
    write_top(sheet, styles, title, label, NOTE)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 18)
    sheet.set_column(3, len(LEFT) + len(paid), 11.5)
    sheet.set_row(HEADER_ROW, 56)
    sheet.write_row(HEADER_ROW, 0, [*LEFT, *(i.header for i in paid), "Money"], styles["header"])
    by_period: dict[tuple[str, tuple[int, ...]], Floats] = {}
    for at, one in enumerate(sums(study), start=HEADER_ROW + 1):
        mine = (one.means, one.tried.mix)
        if mine not in by_period:
            by_period[mine] = np.stack([i.of(one.tried) for i in paid])
        for column, text in enumerate(_words(study, one)):
            sheet.write_string(at, column, text, styles["text"])
        _write(sheet, styles, at, paid, by_period[mine][:, list(one.periods)].sum(axis=1))
    sheet.freeze_panes(HEADER_ROW + 1, len(LEFT))


def _write(sheet: Any, styles: Formats, at: int, paid: Sequence[Item], amounts: Floats) -> None:
    for column, amount in enumerate(amounts, start=len(LEFT)):
        sheet.write_number(at, column, float(amount), styles["count"])
    parts = [f"{xl_col_to_name(len(LEFT) + i)}{at + 1}*{item.rate}" for i, item in enumerate(paid)]
    money = float(amounts @ np.array([item.value for item in paid]))
    sheet.write_formula(at, len(LEFT) + len(paid), "=" + "+".join(parts), styles["money"], money)


def _words(study: Study, one: Sum) -> tuple[str, str, str]:
    months = [study.case.pool.periods[i].name for i in one.periods]
    names = {m.key: m.name for m in study.means} | {HELPED: help_words(study)}
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return says(study.case.pool, one.tried.mix), names.get(one.means, one.means), span
