"""Formulas of the answer sheets: money follows the first sheet's rates, what was simulated stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.amounts import Cells
from serving.budget.amounts_sheet import ALONE, HELPED, Key
from serving.budget.columns import COLUMNS
from serving.sheets import HEADER_ROW, Formats

Refs = Mapping[Key, str]
Formulas = dict[str, list[str | None]]
"""Field -> a formula a row; None where the cell stays empty. {FIELD} stands for the row's cell of that field."""

NEEDS, MORE, POSITIONS, MONTHS, MOVES = (
    "Crews needed", "One more crew", "Positions", "Overtime or hire", "What moves it",
)  # fmt: skip
NOTES = {
    NEEDS: "Money is that of the row’s quarters and follows the first sheet’s rates; which crews are fewest and "
    "cheapest needs a new run.",
    MORE: "Money follows the first sheet’s rates; cost of lateness, in the categories’ prices, needs a new run.",
    POSITIONS: "The loaded crew-hour follows the first sheet’s rates; which mixes meet the target needs a new run.",
    MONTHS: "Money follows the first sheet’s rates; which means is best in a month needs a new run.",
    MOVES: "Money stands at the rates of the run: with others the cheapest mix would have to be found again.",
}


def formulas(study: Study, cells: Cells, refs: Refs) -> dict[str, Formulas]:
    """Sheet -> its formulas."""
    return {
        NEEDS: _needs(study, refs),
        MORE: _more(study, refs),
        POSITIONS: {"loaded_hour": [_loaded_hour(r.name, cells) for r in study.case.terms.rates]},
        MONTHS: _months(study, refs),
    }


def _loaded_hour(crew_type: str, cells: Cells) -> str:
    return f"={cells[f'{crew_type}.wage']}*(1+{cells[f'{crew_type}.fringe']})"


def _needs(study: Study, refs: Refs) -> Formulas:
    def money(means: str, tried: Tried | None, within: tuple[int, ...]) -> str | None:
        return None if tried is None else f"={refs[means, tried.mix, within]}"

    return {
        "alone_money": [money(ALONE, n.alone, n.within) for n in study.needs],
        "helped_money": [money(HELPED, n.helped, n.within) for n in study.needs],
    }


def _more(study: Study, refs: Refs) -> Formulas:
    within = study.case.window.within
    base = refs[ALONE, study.now.mix, within]
    return {
        "money": [f"={refs[ALONE, tried.mix, within]}-{base}" for _, tried in study.one_more],
        "each": ["={money}/{late}"] * len(study.one_more),
    }


def _months(study: Study, refs: Refs) -> Formulas:
    of, now = {m.key: m.tried for m in study.means}, study.means[0]
    return {
        "extra": [
            f"={refs[m.key, of[m.key].mix, (m.period,)]}-{refs[now.key, now.tried.mix, (m.period,)]}"
            for m in study.months
        ],
        "each": ["={extra}/{late}"] * len(study.months),
    }


def write_formulas(sheet: Any, styles: Formats, frame: pd.DataFrame, of: Formulas) -> None:
    """Puts the formulas in place of the frame's values, which stay as what they come to; empty cells stay empty."""
    columns = list(frame.columns)
    for field, texts in of.items():
        at, style = columns.index(field), styles[COLUMNS[field].kind]
        for offset, (text, value) in enumerate(zip(texts, frame[field], strict=True), start=HEADER_ROW + 1):
            if text is not None and pd.notna(value):
                here = {name: f"{xl_col_to_name(i)}{offset + 1}" for i, name in enumerate(columns)}
                sheet.write_formula(offset, at, text.format(**here), style, float(value))
