"""The city's own days off from an ICS file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.city import HolidayRule
from domain.errors import SourceUnreadableError
from sources.calendar import holidays_table
from sources.closures import closure_days, event_days

pytest.importorskip("icalendar")

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
EVENTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
SUMMARY:Founders' Day
DTSTART;VALUE=DATE:20200514
RRULE:FREQ=YEARLY
EXDATE;VALUE=DATE:20250514
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Winter closure
DTSTART;VALUE=DATE:20241224
DTEND;VALUE=DATE:20241228
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Council meeting
DTSTART:20240520T180000Z
DTEND:20240520T200000Z
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:Called off
STATUS:CANCELLED
DTSTART;VALUE=DATE:20240601
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "closures.ics"
    path.write_text(EVENTS.replace("\n", "\r\n"), encoding="utf-8")
    return path


def test_whole_day_events_and_their_repetitions_count_and_no_others(file: Path) -> None:
    assert closure_days(file, FIRST, LAST) == {
        date(2024, 5, 14): "Founders' Day",
        **{date(2024, 12, d): "Winter closure" for d in (24, 25, 26, 27)},
    }


def test_a_closure_that_began_before_the_span_reaches_into_it(file: Path) -> None:
    assert list(closure_days(file, date(2024, 12, 26), LAST)) == [date(2024, 12, 26), date(2024, 12, 27)]


def test_closures_join_the_public_holidays_which_keep_their_names(file: Path) -> None:
    rule = HolidayRule(country="US", subdivision="IL", closures=("closures.ics",))
    table = holidays_table(rule, "testville", FIRST, LAST, file.parent).set_index("date")["holiday"]
    assert table["2024-12-25"] == "Christmas Day"
    assert table["2024-12-26"] == "Winter closure"
    assert table["2024-05-14"] == "Founders' Day"


def test_holidays_that_fall_on_a_weekend_have_their_observed_day() -> None:
    table = holidays_table(HolidayRule(country="US"), "testville", date(2021, 12, 20), date(2022, 1, 5))
    assert table["date"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2021-12-24", "2021-12-25"]


@pytest.mark.parametrize("text", ["hello", ""])
def test_a_file_that_is_no_calendar_is_an_error_with_file_and_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.ics"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnreadableError, match=r"holidays\.closures: .*x\.ics") as error:
        closure_days(path, FIRST, LAST)
    assert "export the calendar again" in error.value.remedy


def test_events_with_hours_count_for_their_local_days(tmp_path: Path) -> None:
    night = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\nBEGIN:VEVENT\nUID:9\nSUMMARY:Night of music\n"
        "DTSTART:20240616T010000Z\nDTEND:20240616T050000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:10\nSUMMARY:Fair\n"
        "DTSTART:20240705T200000\nDTEND:20240706T020000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    file = tmp_path / "events.ics"
    file.write_text(night.replace("\n", "\r\n"), encoding="utf-8")
    found = event_days(file, FIRST, LAST, ZoneInfo("America/Chicago"))
    assert found == {
        date(2024, 6, 15): "Night of music", date(2024, 7, 5): "Fair", date(2024, 7, 6): "Fair",
    }  # fmt: skip
    assert closure_days(file, FIRST, LAST) == {}


def test_an_event_is_no_day_off_and_a_day_can_be_both(tmp_path: Path) -> None:
    (tmp_path / "events.ics").write_text(EVENTS.replace("\n", "\r\n"), encoding="utf-8")
    (tmp_path / "closed.ics").write_text(EVENTS.replace("\n", "\r\n"), encoding="utf-8")
    alone = holidays_table(HolidayRule(country="US", events=("events.ics",)), "x", FIRST, LAST, tmp_path)
    both = holidays_table(
        HolidayRule(country="US", events=("events.ics",), closures=("closed.ics",)), "x", FIRST, LAST, tmp_path
    )
    founders = alone[alone["date"] == "2024-05-14"].iloc[0]
    assert (founders["holiday"], founders["event"]) == ("", "Founders' Day")
    founders = both[both["date"] == "2024-05-14"].iloc[0]
    assert (founders["holiday"], founders["event"]) == ("Founders' Day", "Founders' Day")
    assert alone[alone["holiday"] != ""]["event"].isna().any()
