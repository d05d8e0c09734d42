from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.clock import end_of_day, local_us, microseconds, start_of_day

CHICAGO = ZoneInfo("America/Chicago")
ZONES = ["America/Chicago", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Phoenix"]


def test_a_day_of_the_spring_change_has_23_hours_and_one_of_autumn_25() -> None:
    def hours(day: date) -> float:
        return (start_of_day(CHICAGO, day + timedelta(days=1)) - start_of_day(CHICAGO, day)) / timedelta(hours=1)

    assert [hours(date(2017, 3, 12)), hours(date(2017, 11, 5)), hours(date(2017, 6, 1))] == [23, 25, 24]


def test_a_day_ends_just_before_the_next_begins() -> None:
    assert end_of_day(CHICAGO, date(2017, 12, 17)) == datetime(2017, 12, 18, 5, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as opened:
        yield opened


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=20)
@given(seconds=st.lists(st.integers(0, 6 * 365 * 86_400), min_size=1, max_size=20))
def test_local_time_in_sql_is_the_local_time_of_python(
    connection: duckdb.DuckDBPyConnection, name: str, seconds: list[int]
) -> None:
    zone, first = ZoneInfo(name), datetime(2012, 1, 1, tzinfo=UTC)
    moments = [first + timedelta(seconds=s) for s in seconds]
    frame = pd.DataFrame({"t": pd.to_datetime(moments).astype("datetime64[us, UTC]")})
    sql = local_us("t", zone, date(2012, 1, 1), date(2018, 1, 1))
    connection.register("frame", frame)
    found = [row[0] for row in connection.sql(f"SELECT {sql} FROM frame").fetchall()]
    assert found == [microseconds(m.astimezone(zone).replace(tzinfo=UTC)) for m in moments]


def test_the_hours_around_a_clock_change_are_exact() -> None:
    change = datetime(2017, 3, 12, 8, tzinfo=UTC)
    sql = local_us("t", CHICAGO, date(2017, 3, 12), date(2017, 3, 12))
    with duckdb.connect(":memory:") as connection:
        times = [microseconds(change) - 1, microseconds(change)]
        found = [
            connection.sql(f"SELECT {sql} FROM (SELECT make_timestamptz({t}) AS t)").fetchall()[0][0] for t in times
        ]
    assert [t - f for t, f in zip(times, found, strict=True)] == [6 * 3_600_000_000, 5 * 3_600_000_000]
