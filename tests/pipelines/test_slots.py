"""When a schedule is due, on the city's own clocks, and which missed slots are worth running."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.slots import cron_of, is_superseded, local, next_slot, slot_on

ZONE = "America/Chicago"
AT = "05:00"
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
TIMES = st.times().map(lambda t: t.strftime("%H:%M"))


def test_a_time_of_day_is_a_daily_cron_line() -> None:
    assert cron_of("05:07") == "7 5 * * *"


def test_five_in_the_morning_is_local_in_summer_and_winter() -> None:
    assert slot_on(date(2025, 1, 10), AT, ZONE) == datetime(2025, 1, 10, 11, tzinfo=UTC)
    assert slot_on(date(2025, 7, 10), AT, ZONE) == datetime(2025, 7, 10, 10, tzinfo=UTC)
    assert local(slot_on(date(2025, 7, 10), AT, ZONE), ZONE) == "2025-07-10 05:00 CDT"


@given(MOMENTS, TIMES)
def test_the_next_slot_lies_ahead_by_a_day_at_most(now: datetime, at: str) -> None:
    ahead = next_slot(now, at, ZONE) - now
    assert timedelta(0) < ahead <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("late", "skipped"),
    [(timedelta(0), False), (timedelta(hours=23, minutes=59), False), (timedelta(hours=24), True)],
)
def test_a_missed_slot_is_skipped_once_a_later_one_is_due(late: timedelta, skipped: bool) -> None:
    due = slot_on(date(2025, 1, 10), AT, ZONE)
    assert is_superseded(due, due + late, AT, ZONE) is skipped


def test_a_day_of_23_hours_counts_as_a_day() -> None:
    due = slot_on(date(2025, 3, 8), AT, ZONE)
    assert is_superseded(due, due + timedelta(hours=23), AT, ZONE)
    assert not is_superseded(due, due + timedelta(hours=22, minutes=59), AT, ZONE)


@given(MOMENTS, TIMES, st.integers(1, 40))
def test_after_an_outage_one_of_the_missed_slots_runs(now: datetime, at: str, days: int) -> None:
    today = now.astimezone(UTC).date()
    missed = [slot_on(today - timedelta(days=d), at, ZONE) for d in range(-1, days + 2)]
    missed = [slot for slot in missed if slot <= now]
    assert [is_superseded(slot, now, at, ZONE) for slot in sorted(missed)] == [True] * (len(missed) - 1) + [False]
