"""CSV or XLSX → the rows of an end-of-shift sheet as they were written, each with where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import ColumnMissingError, SourceUnreadableError
from sources.actuals.columns import fields, plain

TOP_ROWS = 15
"""A workbook's header stands in one of its first rows."""
MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class SheetRow:
    """row: as the program that wrote the file numbers it. where: file, with the tab of a workbook. cells: by field."""

    row: int
    where: str
    cells: dict[str, object]

    def __str__(self) -> str:
        return f"{self.where}, row {self.row}"


def read_sheet(path: Path, yards: Sequence[str], categories: Sequence[str]) -> list[SheetRow]:
    """All rows below the headers. A tab without a yard column is its yard's own where it is named so.

    Raises SourceUnreadableError (missing, empty, too large, no such format) and what `fields` raises.
    """
    if not path.is_file():
        raise SourceUnreadableError(f"there is no file {path}", remedy="give the path of the sheet", file=path)
    if not 0 < path.stat().st_size <= MOST_BYTES:
        raise SourceUnreadableError(
            f"{path} has {path.stat().st_size:,} bytes", remedy="give a filled sheet below 50 MB", file=path
        )
    if path.suffix.lower() == ".csv":
        return _csv(path, categories)
    if path.suffix.lower() == ".xlsx":
        return _xlsx(path, yards, categories)
    raise SourceUnreadableError(
        f"{path}: files of this kind cannot be read", remedy="give a .csv or .xlsx file", file=path
    )


def _csv(path: Path, categories: Sequence[str]) -> list[SheetRow]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceUnreadableError(f"{path} is not UTF-8 text", remedy="save it as CSV UTF-8", file=path) from error
    first = text.splitlines()[0] if text.strip() else ""
    sign = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=sign))
    places = fields(rows[0] if rows else [], categories, path.name)
    if "yard" not in places:
        raise _no_yard(path.name)
    return _rows(rows[1:], 2, path.name, places, None)


def _xlsx(path: Path, yards: Sequence[str], categories: Sequence[str]) -> list[SheetRow]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise SourceUnreadableError(
            f"{path} is no whole workbook: {error}", remedy="save it again as .xlsx", file=path
        ) from error
    found: list[SheetRow] = []
    tabs = 0
    for tab in book.worksheets:
        rows = [list(row) for row in tab.iter_rows(values_only=True)]
        at = next((i for i, row in enumerate(rows[:TOP_ROWS]) if _is_header(row)), None)
        if at is None:
            continue
        tabs += 1
        where = f"{path.name} [{tab.title}]"
        found += _rows(rows[at + 1 :], at + 2, where, *_tab_fields(rows[at], tab.title, yards, categories, where))
    book.close()
    if not tabs:
        raise ColumnMissingError(
            f"{path.name}: no tab has the columns date, shift, crew type and hours",
            remedy="fill in a yard's tab of the published plan.xlsx",
            file=path,
        )
    return found


def _tab_fields(
    headers: Sequence[object], tab: str, yards: Sequence[str], categories: Sequence[str], where: str
) -> tuple[dict[str, int], str | None]:
    places = fields(headers, categories, where)
    if "yard" in places:
        return places, None
    if tab not in yards:
        raise _no_yard(where)
    return places, tab


def _is_header(row: Sequence[object]) -> bool:
    names = {plain(cell) for cell in row}
    is_sheet = {"date", "shift", "crew_type"} <= names and any("hours" in n for n in names)
    return is_sheet and any(n.startswith(("done_", "jobs_")) for n in names)


def _rows(
    rows: Sequence[Sequence[object]], first: int, where: str, places: dict[str, int], yard: str | None
) -> list[SheetRow]:
    found = []
    for offset, row in enumerate(rows):
        cells = {field: row[at] if at < len(row) else None for field, at in places.items()}
        if yard is not None:
            cells["yard"] = yard
        found.append(SheetRow(first + offset, where, cells))
    return found


def _no_yard(where: str) -> ColumnMissingError:
    return ColumnMissingError(
        f"{where}: no column says the yard", remedy="add a column 'yard' with the yard's name", column="yard"
    )
