"""Waits that a portal asks for, by Retry-After or by the moment at which its limit begins anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from domain.portal_errors import DatasetWithdrawnError, PortalBusyError
from sources.portals.wire.waits import asked_wait
from tests.portals.conftest import FAST, MakeCity, PortalCity
from tests.portals.made import World
from tests.portals.opendatasoft_fake import FakeOpendatasoft
from tests.portals.server import Answer, Call

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    "reset",
    ["90", str(int(LATER.timestamp())), str(int(LATER.timestamp() * 1000)), LATER.isoformat(), format_datetime(LATER)],
)
def test_a_limit_begins_anew_after_seconds_or_at_a_moment(reset: str) -> None:
    assert asked_wait(429, {"x-ratelimit-reset": reset}, NOW) == 90
    assert asked_wait(429, {"ratelimit-reset": reset, "retry-after": "7"}, NOW) == 7


@pytest.mark.parametrize("reset", ["soon", "", "nan", "inf", "-1", "0", str(NOW.timestamp() - 60)])
def test_what_says_nothing_or_lies_in_the_past_is_no_wait(reset: str) -> None:
    assert asked_wait(429, {"x-ratelimit-reset": reset}, NOW) is None


def test_a_failure_that_is_not_of_the_limit_does_not_wait_for_it() -> None:
    assert asked_wait(500, {"x-ratelimit-reset": "90", "x-ratelimit-remaining": "41"}, NOW) is None
    assert asked_wait(403, {"x-ratelimit-reset": "90", "x-ratelimit-remaining": "0"}, NOW) == 90


def test_moments_are_held_against_the_clock_of_the_portal() -> None:
    told = {"x-ratelimit-reset": str(LATER.timestamp()), "date": format_datetime(NOW + timedelta(seconds=80))}
    assert asked_wait(429, told, NOW - timedelta(hours=5)) == 10


class Limited:
    """Turns a call away, once, with the headers given; notes when each call came."""

    def __init__(self, status: int, headers: Callable[[], dict[str, str]]) -> None:
        self.status, self.headers = status, headers
        self.at: list[float] = []

    def __call__(self, _call: Call, answer: Answer) -> Answer:
        self.at.append(time.monotonic())
        if len(self.at) != 2:
            return answer
        return Answer(self.status, b'{"errorcode": 10002, "error": "Too many requests"}', headers=self.headers())

    @property
    def waited(self) -> float:
        return [b - a for a, b in pairwise(self.at)][1]


@pytest.fixture
def limited_city(make_city: MakeCity, serve: Callable[..., FakeOpendatasoft]) -> Callable[[Limited], PortalCity]:
    def build(limit: Limited) -> PortalCity:
        world = World()
        world.add(100)
        portal = serve(FakeOpendatasoft(world))
        portal.noise = limit
        return make_city(portal.section(manners={**FAST, "longest_wait_seconds": 3.0}))

    return build


@pytest.mark.parametrize("status", [429, 503, 403])
def test_a_spent_limit_is_waited_for_and_the_call_counted_as_made_again(
    limited_city: Callable[[Limited], PortalCity], status: int
) -> None:
    limit = Limited(status, lambda: {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(time.time() + 0.6)})
    city = limited_city(limit)
    report = city.sync()
    assert report.tally.retried == {f"HTTP {status}": 1}
    assert 0.5 < limit.waited < 2
    assert city.rows().retried == {f"HTTP {status}": 1}


def test_a_limit_that_begins_anew_beyond_our_patience_ends_the_sync_at_once(
    limited_city: Callable[[Limited], PortalCity],
) -> None:
    limit = Limited(429, lambda: {"X-RateLimit-Reset": str(time.time() + 7200)})
    with pytest.raises(PortalBusyError, match=r"asks to wait (7200|7199) s") as error:
        limited_city(limit).sync()
    assert len(limit.at) == 2
    assert "goes on where it stopped" in error.value.remedy


def test_a_403_with_calls_left_is_a_refusal(limited_city: Callable[[Limited], PortalCity]) -> None:
    limit = Limited(403, lambda: {"X-RateLimit-Remaining": "12", "X-RateLimit-Reset": "1"})
    with pytest.raises(DatasetWithdrawnError):
        limited_city(limit).sync()
