"""One way to write a table on a sheet: title, label, frozen header, filter, widths, print set-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["text", "wide", "whole", "number", "jobs", "degrees", "share", "date", "time", "blank"]

HEADER_ROW = 3
LINE_HEIGHT = 13.0
"""Points a line of text takes."""
WIDTHS: dict[str, float] = {
    "text": 16, "wide": 60, "whole": 9, "number": 11, "jobs": 11, "degrees": 11, "share": 10, "date": 14, "time": 17,
    "blank": 16,
}  # fmt: skip
DATE_FORMAT = "ddd yyyy-mm-dd"


@dataclass(frozen=True)
class Column:
    """field: the frame's column. kind: how it is written. width: characters; None for the kind's own."""

    field: str
    header: str
    kind: Kind = "text"
    width: float | None = None
    choices: tuple[str, ...] = ()
    """What a cell to fill in offers; other text is allowed."""


@dataclass(frozen=True)
class Formats:
    """The workbook's cell formats by name."""

    by_name: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.by_name[name]


def formats(book: Any) -> Formats:
    """The formats, added to the workbook once."""
    top = {"valign": "top", "font_size": 10, "bottom": 1, "bottom_color": "#D0D6DD"}
    looks: dict[str, dict[str, object]] = {
        "title": {"bold": True, "font_size": 15},
        "subtitle": {"font_size": 10, "font_color": "#444444"},
        "alarm": {"bold": True, "font_size": 11, "font_color": "#B00020"},
        "heading": {"bold": True, "font_size": 12},
        "header": {
            "bold": True, "font_size": 10, "text_wrap": True, "valign": "vcenter", "bg_color": "#1F3B57",
            "font_color": "#FFFFFF", "indent": 1, "border": 1, "border_color": "#1F3B57",
        },
        "plain": {"valign": "top", "font_size": 10, "text_wrap": True},
        "text": {**top, "text_wrap": True, "indent": 1},
        "wide": {**top, "text_wrap": True, "indent": 1},
        "whole": {**top, "num_format": "#,##0"},
        "number": {**top, "num_format": "#,##0.0"},
        "jobs": {**top, "num_format": "#,##0.0#####"},
        "degrees": {**top, "num_format": "0.00000"},
        "share": {**top, "num_format": "0 %"},
        "date": {**top, "num_format": DATE_FORMAT, "align": "left"},
        "time": {**top, "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
        "blank": {**top, "bg_color": "#FFF8DC", "border": 1, "border_color": "#C9B458", "text_wrap": True},
        "standby": {"bg_color": "#FCE8B2", "font_color": "#3B2F00"},
        "call-in": {"bg_color": "#F6B26B", "font_color": "#3B1F00"},
        "storm": {"bg_color": "#8E1B3A", "font_color": "#FFFFFF", "bold": True},
    }  # fmt: skip
    return Formats({name: book.add_format(look) for name, look in looks.items()})


def write_sheet(sheet: Any, styles: Formats, title: str, label: str, note: str, frame: pd.DataFrame,
                columns: list[Column]) -> None:  # fmt: skip
    """Title, label in red, note, then the frame below a frozen, filtered header. An empty frame is said to be so."""
    write_top(sheet, styles, title, label, note)
    sheet.write_row(HEADER_ROW, 0, [c.header for c in columns], styles["header"])
    sheet.set_row(HEADER_ROW, 42)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, width_of(column))
        _write_column(sheet, styles, at, column, frame)
        _offer(sheet, at, column, len(frame))
    width = sum(width_of(column) for column in columns)
    if (lines := int(lines_needed(pd.Series([note]), width)[0])) > 1:  # else cut off where the page ends
        sheet.merge_range(2, 0, 2, len(columns) - 1, note, styles["plain"])
        sheet.set_row(2, LINE_HEIGHT * lines + 3)
    for offset, lines in enumerate(_lines(frame, columns)):
        sheet.set_row(HEADER_ROW + 1 + offset, LINE_HEIGHT * lines + 2)
    if frame.empty:
        sheet.write_string(HEADER_ROW + 1, 0, "nothing to show", styles["subtitle"])
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(len(frame), 1), len(columns) - 1)
    sheet.repeat_rows(HEADER_ROW)


def width_of(column: Column) -> float:
    return column.width or WIDTHS[column.kind]


def lines_needed(texts: pd.Series, width: float) -> pd.Series:
    """Lines that each text takes in a cell of `width` characters; a cell holds a few more at this font size."""
    return (texts.astype("str").str.len() * 0.95 / width).apply(np.ceil).clip(lower=1).astype("int64")


def _lines(frame: pd.DataFrame, columns: list[Column]) -> list[int]:
    """Lines of each row: LibreOffice does not grow rows by itself, so their heights are stated."""
    needed = pd.Series(1, index=frame.index)
    for column in columns:
        if column.kind in ("text", "wide"):
            needed = needed.combine(lines_needed(frame[column.field], width_of(column)), max)
    return [int(lines) for lines in needed]


def write_top(sheet: Any, styles: Formats, title: str, label: str, note: str) -> None:
    """Title, label and note in the first three rows, and the print set-up."""
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, label, styles["alarm"])
    sheet.write_string(2, 0, note, styles["subtitle"])
    sheet.hide_gridlines(1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L{_footer(label)[:120]}&R&P / &N")


def _footer(text: str) -> str:
    return text.replace("&", "&&")


def _write_column(sheet: Any, styles: Formats, at: int, column: Column, frame: pd.DataFrame) -> None:
    style, row = styles[column.kind], HEADER_ROW + 1
    if column.kind == "blank":
        values: list[Any] = [None] * len(frame)
    else:
        values = frame[column.field].astype(object).where(frame[column.field].notna(), None).tolist()
    write = _writer(sheet, column.kind)
    for offset, value in enumerate(values):
        if value is None:
            sheet.write_blank(row + offset, at, None, style)
        else:
            write(row + offset, at, value, style)


def _offer(sheet: Any, at: int, column: Column, rows: int) -> None:
    if column.choices and rows:
        rule = {"validate": "list", "source": list(column.choices), "error_type": "information"}
        sheet.data_validation(HEADER_ROW + 1, at, HEADER_ROW + rows, at, rule)


def _writer(sheet: Any, kind: Kind) -> Callable[..., object]:
    """Typed writers only: a text is never guessed to be a formula, a link or a number."""
    if kind in ("date", "time"):
        return lambda row, at, value, style: sheet.write_datetime(row, at, value.to_pydatetime(), style)
    if kind in ("whole", "number", "jobs", "degrees", "share"):
        return lambda row, at, value, style: sheet.write_number(row, at, float(value), style)
    return lambda row, at, value, style: sheet.write_string(row, at, str(value), style)


def colour_readiness(sheet: Any, styles: Formats, at: int, rows: int) -> None:
    """A column of readiness words, each raised level on its own colour."""
    for level in ("standby", "call-in", "storm"):
        rule = {"type": "cell", "criteria": "==", "value": f'"{level}"', "format": styles[level]}
        sheet.conditional_format(HEADER_ROW + 1, at, HEADER_ROW + max(rows, 1), at, rule)
