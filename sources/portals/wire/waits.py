"""How long a portal asks to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "carto-rate-limit-reset")
"""When a spent limit begins anew. Headers without a standard: seconds from now, or a moment."""
REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining", "carto-rate-limit-remaining")
FIRST_MOMENT = 1e9
"""A smaller number counts seconds from now: as seconds since 1970 it would lie before 2001-09-09."""
FIRST_MILLISECONDS = 1e11


def asked_wait(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a refusal asks to wait: those of Retry-After, else until its limit begins anew; None: none told.

    Moments are held against the portal's own clock (`Date`), where it tells it. A limit is waited for only where it
    was the reason (429, 503, or a 403 with nothing remaining); one whose moment has passed says nothing.
    """
    clock = _moment(headers.get("date", "")) or now
    retry = _seconds(headers.get("retry-after", ""), clock)
    if retry is not None:
        return max(retry, 0.0)
    if status not in (429, 503) and not is_spent(headers):
        return None
    resets = [_seconds(headers[name], clock) for name in RESETS if name in headers]
    return max((wait for wait in resets if wait is not None and wait > 0), default=None)


def is_spent(headers: Mapping[str, str]) -> bool:
    """Whether a rate limit says that nothing remains."""
    return any(headers.get(name, "").strip() == "0" for name in REMAINING)


def _seconds(asked: str, now: datetime) -> float | None:
    """From now: of a count of seconds, of seconds or milliseconds since 1970, or of a moment as text."""
    try:
        number = float(asked)
    except ValueError:
        moment = _moment(asked)
        return (moment - now).total_seconds() if moment else None
    if not number < float("inf"):  # "nan" and "inf" are numbers to Python
        return None
    if number < FIRST_MOMENT:
        return number
    return number / (1000 if number >= FIRST_MILLISECONDS else 1) - now.timestamp()


def _moment(text: str) -> datetime | None:
    """An HTTP date or an ISO 8601 one; without a zone it is UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text.strip())
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
