"""School terms from a file that the city's YAML names: CSV with start, end, name, or whole-day events of an ICS."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from domain.errors import SourceUnreadableError
from domain.tables import SCHOOL_TERMS

COLUMNS = ("start", "end", "name")
LONGEST_DAYS = 366
MOST_TERMS = 2000
Term = tuple[date, date, str]


def school_terms_table(path: Path, city: str) -> pd.DataFrame:
    """`domain.tables.SCHOOL_TERMS`. Terms may overlap (several kinds of school): a day in any of them is in term.

    Raises SourceUnreadableError for a file that is not of this form, names no term, or one that ends before it starts
    or is longer than a year.
    """
    read = _from_ics if path.suffix.lower() == ".ics" else _from_csv
    terms: dict[date, Term] = {}
    for first, last, name in read(path):
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise _unreadable(path, f"'{name}' runs from {first} to {last}")
        known = terms.get(first)
        if known is None or last > known[1]:
            terms[first] = (first, last, name)
        if len(terms) > MOST_TERMS:
            raise _unreadable(path, f"it names more than {MOST_TERMS:,} terms")
    if not terms:
        raise _unreadable(path, "it names no term")
    table = pd.DataFrame([terms[day] for day in sorted(terms)], columns=list(COLUMNS)).assign(city=city)
    table = table.astype({"start": "datetime64[us]", "end": "datetime64[us]", "name": "str"})
    return SCHOOL_TERMS.validate(table[list(SCHOOL_TERMS.schema.columns)])


def _from_csv(path: Path) -> Iterator[Term]:
    """Days as YYYY-MM-DD, the last one included."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, str(error)) from error
    for number, row in enumerate(rows, 1):
        if lacking := [c for c in COLUMNS if row.get(c) is None]:
            raise _unreadable(path, f"row {number} has no '{lacking[0]}'")
        try:
            first, last = (date.fromisoformat(row[c].strip()) for c in ("start", "end"))
        except ValueError as error:
            raise _unreadable(path, f"row {number}: {error}") from error
        yield first, last, row["name"].strip()[:80]


def _from_ics(path: Path) -> Iterator[Term]:
    """Whole-day events that are not cancelled. DTEND is the day after the last one (RFC 5545, 3.6.1)."""
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error).split("\n")[0]) from error
    for event in calendar.walk("VEVENT"):
        if "DTSTART" not in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        first, name = event.decoded("DTSTART"), str(event.get("SUMMARY", "")).strip()[:80]
        if isinstance(first, datetime):
            continue
        if "RRULE" in event:
            raise _unreadable(path, f"'{name}' repeats: terms are listed one by one")
        end = event.decoded("DTEND") if "DTEND" in event else first + timedelta(days=1)
        yield first, end - timedelta(days=1), name


def _unreadable(path: Path, why: str) -> SourceUnreadableError:
    return SourceUnreadableError(
        f"holidays.school_terms: {path} cannot be read as school terms: {why}",
        remedy="list the terms as start,end,name with days as YYYY-MM-DD (or whole-day events of an .ics file), or "
        "take holidays.school_terms out of the YAML",
        file=path,
    )
