"""Locks from the workbook of a published plan: what a planner wrote into the column "Lock crews at" of a yard's sheet.

A cell holds a number (fixed; 0 forbids), or <=N or >=N. Sheets without that column are passed over; the yard is the
sheet's title after the " · ".
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from configs.locks import FORMS, lock_of
from domain.errors import LockError
from domain.lock import Lock

HEADER_ROW = 4
"""The first row is 1."""
TITLE_PARTS = " · "
LOCK, DATE, SHIFT, CREW_TYPE = "Lock crews at", "Date", "Shift", "Crew type"
CELL = re.compile(r"^\s*(?P<sign><=|>=|=)?\s*(?P<crews>\d+)(?:\.0*)?\s*$")


def locks_of_workbook(path: Path) -> list[Lock]:
    """Every lock written into the workbook. Raises LockError that names sheet and cell, or the file."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise LockError(
            f"{path}: not a readable workbook ({error})", remedy="give the plan.xlsx of a vintage, saved as .xlsx"
        ) from error
    try:
        found = [lock for name in book.sheetnames for lock in _of_sheet(book[name], path)]
        columns = any(LOCK in _header(book[name]) for name in book.sheetnames)
    finally:
        book.close()
    if not columns:
        raise LockError(
            f"{path}: no sheet has the column '{LOCK}'", remedy="use the plan.xlsx of a newer vintage, or a YAML file"
        )
    return found


def _header(sheet: Any) -> list[str]:
    rows = list(sheet.iter_rows(min_row=HEADER_ROW, max_row=HEADER_ROW, values_only=True))
    return [str(value) if value is not None else "" for value in rows[0]] if rows else []


def _of_sheet(sheet: Any, path: Path) -> Iterator[Lock]:
    header = _header(sheet)
    if LOCK not in header:
        return
    title = str(sheet.cell(row=1, column=1).value or "")
    yard = title.split(TITLE_PARTS, 1)[-1]
    at = {name: header.index(name) for name in (LOCK, DATE, SHIFT, CREW_TYPE)}
    for number, row in enumerate(sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True), start=HEADER_ROW + 1):
        if len(row) > at[LOCK] and row[at[LOCK]] not in (None, ""):
            entry = f"{path.name}, sheet '{sheet.title}', row {number}, '{LOCK}'"
            yield _lock(row, at, yard, entry)


def _lock(row: tuple[Any, ...], at: dict[str, int], yard: str, entry: str) -> Lock:
    found = CELL.match(str(row[at[LOCK]]))
    if found is None:
        raise LockError(
            f"{entry}: '{row[at[LOCK]]}' is no lock", remedy="write a number of crews (0 forbids), or <=1 or >=1"
        )
    day = row[at[DATE]]
    given: dict[str, object] = {
        "date": day.date().isoformat() if isinstance(day, datetime) else str(day),
        "shift": str(row[at[SHIFT]]),
        "yard": yard,
        "crew_type": str(row[at[CREW_TYPE]]),
        FORMS[found["sign"] or "="]: int(found["crews"]),
    }
    return lock_of(given, entry)
