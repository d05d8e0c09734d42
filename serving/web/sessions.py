"""Who has signed in: kept in memory, so a restart signs everybody out; ended by age, by idleness and with its token."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

MOST = 2_000


@dataclass(frozen=True)
class Session:
    """key: what the cookie's value hashes to. began, seen: seconds of the clock."""

    key: str
    token_id: str
    began: float
    seen: float


class Sessions:
    """The cookie's value itself is never kept."""

    def __init__(self, hours: float, idle_minutes: float, clock: Callable[[], float]) -> None:
        self._longest = hours * 3600
        self._idle = idle_minutes * 60
        self._clock = clock
        self._lock = Lock()
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self, token_id: str) -> str:
        """A new session; the value of its cookie."""
        value, now = secrets.token_urlsafe(32), self._clock()
        key = _key(value)
        with self._lock:
            self._open[key] = Session(key, token_id, now, now)
            while len(self._open) > MOST:
                self._open.popitem(last=False)
        return value

    def find(self, value: str) -> Session | None:
        """The session of a cookie; None where it is unknown or over."""
        key, now = _key(value), self._clock()
        with self._lock:
            session = self._open.get(key)
            if session is None:
                return None
            if now - session.began > self._longest or now - session.seen > self._idle:
                del self._open[key]
                return None
            self._open[key] = replace(session, seen=now)
            self._open.move_to_end(key)
            return session

    def end(self, value: str) -> None:
        with self._lock:
            self._open.pop(_key(value), None)


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
