"""The days that an ICS file names: the city's own days off, or events in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import SourceUnreadableError

MOST_DAYS = 5000
"""Whole days that one file may name in the span asked for."""
LONGEST_DAYS = 60


def closure_days(path: Path, first: date, last: date) -> dict[date, str]:
    """Day -> name of every whole-day event from `first` to `last`, repetitions written out.

    Events with hours, and cancelled ones, are left out: a day is a day off or it is not. Raises SourceUnreadableError
    where the file is no calendar, or names more than MOST_DAYS days.
    """
    return _named_days(path, first, last, None, "closures")


def event_days(path: Path, first: date, last: date, zone: ZoneInfo) -> dict[date, str]:
    """The same of events: those with hours count for their local days."""
    return _named_days(path, first, last, zone, "events")


def _named_days(path: Path, first: date, last: date, zone: ZoneInfo | None, key: str) -> dict[date, str]:
    """zone: of events with hours; None: they are left out. key: of the YAML, for errors."""
    import icalendar

    try:
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error).split("\n")[0], key) from error
    found: dict[date, str] = {}
    for event in calendar.walk("VEVENT"):
        if "DTSTART" not in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        span = _span(event, zone)
        if span is None:
            continue
        name = str(event.get("SUMMARY", "")).strip()[:80] or key
        for day in _days(event, *span, first, last):
            found.setdefault(day, name)
            if len(found) > MOST_DAYS:
                raise _unreadable(path, f"it names more than {MOST_DAYS:,} days", key)
    return dict(sorted(found.items()))


def _span(event: Any, zone: ZoneInfo | None) -> tuple[date, date] | None:
    """First day and the day after the last. DTEND is the day after the last one already, or the moment of the end
    (RFC 5545, 3.6.1). None for hours where they are left out."""
    start = event.decoded("DTSTART")
    end = event.decoded("DTEND") if "DTEND" in event else None
    if not isinstance(start, datetime):
        return start, end or start + timedelta(days=1)
    if zone is None:
        return None
    last = (end or start) - timedelta(microseconds=1 if end else 0)
    return _local(start, zone), _local(last, zone) + timedelta(days=1)


def _local(moment: datetime, zone: ZoneInfo) -> date:
    """A moment without an offset is local already."""
    return (moment.astimezone(zone) if moment.tzinfo else moment).date()


def _days(event: Any, start: date, end: date, first: date, last: date) -> Iterator[date]:
    """Every day of every repetition inside the span. end: the day after the first repetition's last."""
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


def _unreadable(path: Path, why: str, key: str) -> SourceUnreadableError:
    return SourceUnreadableError(
        f"holidays.{key}: {path} is not a calendar that can be read: {why}",
        remedy=f"export the calendar again as an .ics file, or take holidays.{key} out of the YAML",
        file=path,
    )
