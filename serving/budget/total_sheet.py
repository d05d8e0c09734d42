"""Sums by fiscal quarter and by cost code, and the year under way: formulas over the cost sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.amounts import Cells
from serving.budget.amounts_sheet import ALONE
from serving.budget.cost_sheet import Row, rows_of, value_of
from serving.budget.live import Refs
from serving.sheets import HEADER_ROW, Formats, write_top
from serving.words import long_day

Span = tuple[int, int]


def write_totals(
    sheet: Any,
    styles: Formats,
    title: str,
    label: str,
    study: Study,
    spans: Mapping[str, Span],
    tried: Mapping[str, Tried],
    cells: Cells,
    refs: Refs,
) -> None:
    """spans: cost sheet -> first and last row. tried: cost sheet -> the mix that it holds."""
    write_top(sheet, styles, title, label, "Snow duty is paid once: its money is taken out of the crews’ own codes.")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(spans) + 1, 18)
    rows = {name: [(r, value_of(study, r)) for r in rows_of(study, one)] for name, one in tried.items()}
    row = _quarters(sheet, styles, HEADER_ROW, study, spans, rows)
    row = _codes(sheet, styles, row + 1, study, spans, rows)
    if study.spending is not None:
        _spending(sheet, styles, row + 1, study, cells, refs)


def _head(sheet: Any, styles: Formats, row: int, first: str, names: list[str]) -> None:
    sheet.write_row(row, 0, [first, *names], styles["header"])


Rows = Mapping[str, list[tuple[Row, dict[int, float]]]]


def _quarters(sheet: Any, styles: Formats, row: int, study: Study, spans: Mapping[str, Span], rows: Rows) -> int:
    _head(sheet, styles, row, "Fiscal quarter", list(spans))
    for offset, quarter in enumerate(study.quarters, start=1):
        sheet.write_string(row + offset, 0, quarter.name, styles["text"])
        for at, (name, (first, last)) in enumerate(spans.items(), start=1):
            formula = f"=SUMIF('{name}'!$B${first}:$B${last},$A{row + offset + 1},'{name}'!$P${first}:$P${last})"
            value = sum(v[15] for r, v in rows[name] if r.quarter == quarter.name)
            sheet.write_formula(row + offset, at, formula, styles["money"], value)
    end = row + len(study.quarters) + 1
    _sum(sheet, styles, end, row + 2, len(spans), [sum(v[15] for _, v in rows[n]) for n in spans])
    return end + 1


def _codes(sheet: Any, styles: Formats, row: int, study: Study, spans: Mapping[str, Span], rows: Rows) -> int:
    """Every code's own lines less their snow duty; the snow code gets that."""
    codes = list(dict.fromkeys(r.code for name in spans for r, _ in rows[name]))
    _head(sheet, styles, row, "Cost code", list(spans))
    for offset, code in enumerate(codes, start=1):
        sheet.write_string(row + offset, 0, code, styles["text"])
        for at, (name, (first, last)) in enumerate(spans.items(), start=1):
            own = f"'{name}'!$D${first}:$D${last},$A{row + offset + 1}"
            total, snow = (f"'{name}'!${c}${first}:${c}${last}" for c in ("P", "Q"))
            value = sum(v[15] - v[16] for r, v in rows[name] if r.code == code)
            formula = f"=SUMIF({own},{total})-SUMIF({own},{snow})"
            sheet.write_formula(row + offset, at, formula, styles["money"], value)
    snow_row = row + len(codes) + 1
    sheet.write_string(snow_row, 0, f"{study.case.terms.section.snow_cost_code} (snow duty)", styles["text"])
    for at, (name, (first, last)) in enumerate(spans.items(), start=1):
        value = sum(v[16] for _, v in rows[name])
        sheet.write_formula(snow_row, at, f"=SUM('{name}'!$Q${first}:$Q${last})", styles["money"], value)
    _sum(sheet, styles, snow_row + 1, row + 2, len(spans), [sum(v[15] for _, v in rows[n]) for n in spans])
    return snow_row + 2


def _sum(sheet: Any, styles: Formats, row: int, first: int, columns: int, values: list[float]) -> None:
    sheet.write_string(row, 0, "All", styles["bold"])
    for at in range(columns):
        letter = "BCDEFGH"[at]
        sheet.write_formula(row, at + 1, f"=SUM({letter}{first}:{letter}{row})", styles["sum"], values[at])


def _spending(sheet: Any, styles: Formats, row: int, study: Study, cells: Cells, refs: Refs) -> None:
    spent = study.spending
    assert spent is not None
    _head(sheet, styles, row, f"{spent.year}, to {long_day(spent.last)}", ["Money"])
    to_go = f"={refs[ALONE, study.now.mix, spent.ahead]}*{spent.stretch!r}"
    lines: list[tuple[str, str | None, float]] = [
        ("Adopted", f"={cells['adopted']}", spent.adopted),
        (f"Spent to {long_day(spent.through)}", f"={cells['spent']}", spent.spent),
        ("Left", f"=B{row + 2}-B{row + 3}", spent.left),
        ("Today’s crews to the year’s end, mean", to_go, spent.to_go),
        ("80 % of draws, from, at the run’s rates", None, spent.to_go_low),
        ("80 % of draws, to, at the run’s rates", None, spent.to_go_high),
        ("Left at the year’s end", f"=B{row + 4}-B{row + 5}", spent.over),
    ]
    for offset, (name, formula, value) in enumerate(lines, start=1):
        sheet.write_string(row + offset, 0, name, styles["text"])
        if formula is None:
            sheet.write_number(row + offset, 1, value, styles["money"])
        else:
            sheet.write_formula(row + offset, 1, formula, styles["money"], value)
