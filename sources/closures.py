"""The city's own days off and events, from an ICS file: whole-day entries become holidays that features read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.errors import SourceUnreadableError

MOST_DAYS = 5000
"""Whole days that one file may name in the span asked for."""
LONGEST_DAYS = 60


def closure_days(path: Path, first: date, last: date) -> dict[date, str]:
    """Day -> name of every whole-day event from `first` to `last`, repetitions written out.

    Events with hours, and cancelled ones, are left out: a day is a day off or it is not. Raises SourceUnreadableError
    where the file is no calendar, or names more than MOST_DAYS days.
    """
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error).split("\n")[0]) from error
    found: dict[date, str] = {}
    for event in calendar.walk("VEVENT"):
        if "DTSTART" not in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        start = event.decoded("DTSTART")
        if isinstance(start, datetime):
            continue
        name = str(event.get("SUMMARY", "")).strip()[:80] or "closed"
        for day in _days(event, start, first, last):
            found.setdefault(day, name)
            if len(found) > MOST_DAYS:
                raise _unreadable(path, f"it names more than {MOST_DAYS:,} days")
    return dict(sorted(found.items()))


def _days(event: Any, start: date, first: date, last: date) -> Iterator[date]:
    """Every day of every repetition inside the span. DTEND is the day after the last one (RFC 5545, 3.6.1)."""
    end = event.decoded("DTEND") if "DTEND" in event else start + timedelta(days=1)
    length = min(max((end - start).days, 1), LONGEST_DAYS)
    for begin in _starts(event, start, first - timedelta(days=length), last):
        for day in (begin + timedelta(days=n) for n in range(length)):
            if first <= day <= last:
                yield day


def _starts(event: Any, start: date, first: date, last: date) -> Iterator[date]:
    if "RRULE" not in event:
        yield start
        return
    from dateutil.rrule import rrulestr

    at = datetime(start.year, start.month, start.day)
    rule = rrulestr(event["RRULE"].to_ical().decode().replace("Z", ""), dtstart=at)
    without = event.get("EXDATE") or ()
    listed = without if isinstance(without, list) else [without]
    skipped = {d.dt for each in listed for d in getattr(each, "dts", ())}
    for each in rule.between(
        datetime(first.year, first.month, first.day), datetime(last.year, last.month, last.day), inc=True
    ):
        if each.date() not in skipped:
            yield each.date()


def _unreadable(path: Path, why: str) -> SourceUnreadableError:
    return SourceUnreadableError(
        f"holidays.closures: {path} is not a calendar that can be read: {why}",
        remedy="export the calendar again as an .ics file, or take holidays.closures out of the YAML",
        file=path,
    )
