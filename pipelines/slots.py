"""When a daily schedule is due, on the city's own clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def cron_of(at: str) -> str:
    """ "05:00" as a daily cron line."""
    hour, minute = at.split(":")
    return f"{int(minute)} {int(hour)} * * *"


def slot_on(day: date, at: str, timezone: str) -> datetime:
    """The moment (UTC) at which the schedule is due on a local day."""
    hour, minute = map(int, at.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def next_slot(now: datetime, at: str, timezone: str) -> datetime:
    """The first slot (UTC) after a moment."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    slot = slot_on(today, at, timezone)
    return slot if slot > now else slot_on(today + timedelta(days=1), at, timezone)


def is_superseded(due: datetime, now: datetime, at: str, timezone: str) -> bool:
    """Whether a later slot is due as well: after an outage only the newest of the missed ones is worth running."""
    return next_slot(due, at, timezone) <= now


def local(moment: datetime, timezone: str) -> str:
    """A moment as the city's clocks show it."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M %Z")
