"""How often a visitor may try to sign in or have a plan solved again."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from domain.errors import TooOftenError

ALL_OF_THEM = 10
"""So many times one visitor's limit holds for all visitors together."""


class Limit:
    """So many times a minute by key, and ten times that by anybody."""

    def __init__(self, what: str, a_minute: int) -> None:
        self._what = what
        self._own = RateLimitItemPerMinute(a_minute)
        self._whole = RateLimitItemPerMinute(a_minute * ALL_OF_THEM)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, key: str) -> None:
        """Count one try. Raises TooOftenError, with the seconds to wait, where there were too many."""
        for item, name in ((self._own, key), (self._whole, "everybody")):
            if not self._limiter.hit(item, self._what, name):
                ends = self._limiter.get_window_stats(item, self._what, name).reset_time
                seconds = max(1, math.ceil(ends - time.time()))
                raise TooOftenError(
                    f"{self._what}: too many tries within a minute",
                    remedy=f"wait {seconds} seconds and try again",
                    seconds=seconds,
                )
