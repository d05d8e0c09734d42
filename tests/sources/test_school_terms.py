"""School terms from CSV and ICS files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.errors import SourceUnreadableError
from domain.school import SchoolTerms
from sources.school_terms import school_terms_table

CSV = "start,end,name\n2025-08-18,2025-12-19,autumn\n2026-01-05,2026-06-12,spring\n"
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
SUMMARY:autumn
DTSTART;VALUE=DATE:20250818
DTEND;VALUE=DATE:20251220
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:spring
DTSTART;VALUE=DATE:20260105
DTEND;VALUE=DATE:20260613
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:parents' evening
DTSTART:20260110T180000Z
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:called off
STATUS:CANCELLED
DTSTART;VALUE=DATE:20260701
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(("name", "text"), [("terms.csv", CSV), ("terms.csv", "\ufeff" + CSV), ("terms.ics", ICS)])
def test_terms_are_read_with_both_days_included(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    table = school_terms_table(tmp_path / name, "norville")
    assert table["start"].dt.strftime("%Y-%m-%d").tolist() == ["2025-08-18", "2026-01-05"]
    assert table["end"].dt.strftime("%Y-%m-%d").tolist() == ["2025-12-19", "2026-06-12"]
    assert table["name"].tolist() == ["autumn", "spring"]


def test_a_day_is_in_term_between_terms_or_not_known() -> None:
    terms = SchoolTerms((date(2025, 8, 18), date(2026, 1, 5)), (date(2025, 12, 19), date(2026, 6, 12)))
    days = ["2025-08-17", "2025-08-18", "2025-12-19", "2025-12-20", "2026-01-05", "2026-06-12", "2026-06-13"]
    told = terms.in_term(pd.DatetimeIndex(days))
    np.testing.assert_array_equal(told, [np.nan, 1, 1, 0, 1, 1, np.nan])


def test_terms_of_several_kinds_of_school_may_overlap(tmp_path: Path) -> None:
    text = CSV + "2026-01-05,2026-06-26,upper school\n2026-03-01,2026-03-20,courses\n"
    (tmp_path / "terms.csv").write_text(text, encoding="utf-8")
    table = school_terms_table(tmp_path / "terms.csv", "norville")
    terms = SchoolTerms(tuple(d.date() for d in table["start"]), tuple(d.date() for d in table["end"]))
    assert terms.known_to == date(2026, 6, 26)
    np.testing.assert_array_equal(terms.in_term(pd.DatetimeIndex(["2026-03-21", "2026-06-20"])), [1, 1])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("terms.csv", "", "names no term"),
        ("terms.csv", "start,name\n2025-08-18,autumn\n", "row 1 has no 'end'"),
        ("terms.csv", "start,end,name\n18.08.2025,2025-12-19,autumn\n", r"row 1: .*18\.08\.2025"),
        ("terms.csv", "start,end,name\n2025-08-18,2025-01-19,autumn\n", "'autumn' runs from 2025-08-18 to 2025-01-19"),
        ("terms.csv", "start,end,name\n2025-08-18,2027-01-19,autumn\n", "'autumn' runs from"),
        ("terms.csv", "start,end,name\n2025-08-18\n", "row 1 has no 'end'"),
        ("terms.ics", "hello", "cannot be read"),
        ("terms.ics", ICS.replace("SUMMARY:spring", "SUMMARY:spring\nRRULE:FREQ=YEARLY"), "'spring' repeats"),
    ],
)
def test_a_file_of_another_form_is_an_error_with_row_and_remedy(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnreadableError, match=said) as error:
        school_terms_table(tmp_path / name, "norville")
    assert "start,end,name" in error.value.remedy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match=r"holidays\.school_terms: .*none\.csv"):
        school_terms_table(tmp_path / "none.csv", "norville")
