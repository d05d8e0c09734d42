"""Creation, closing and due dates: read, decided or let go by stated rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from sources.plugins import Context, Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., Any]


def utc(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def test_unreadable_and_impossible_creation_dates_are_quarantined(rows: Rows, check: Check, reasons: Listed) -> None:
    created = [
        "2024-03-05 10:00",
        "next week",
        "2024-02-30",
        None,
        "1900-01-01",
        "2024-07-01 00:00",
        "2024-06-30 23:59",
    ]
    found = check(rows(created=created))
    assert [(row, value, reason.split(" (")[0]) for row, _, value, reason in reasons(found)] == [
        (2, "next week", "creation date cannot be read"),
        (3, "2024-02-30", "creation date cannot be read"),
        (4, "", "creation date is missing"),
        (5, "1900-01-01", "created before 2000-01-01"),
        (6, "2024-07-01 00:00", "created in the future"),
    ]


@pytest.mark.parametrize("written", ["2024", "1709632800", "05/03/2024", "2024-03-05 25:00", "2024-3-5"])
def test_what_only_looks_like_a_date_is_not_guessed_at(written: str, rows: Rows, check: Check) -> None:
    assert len(check(rows(created=[written])).quarantine) == 1


def test_a_stated_format_is_followed(rows: Rows, check: Check) -> None:
    found = check(rows(created=["05/03/2024 10:00"], closed=["06/03/2024 09:00"]), date_format="%d/%m/%Y %H:%M")
    assert found.rows is not None
    assert found.rows.loc[0, "created_at"] == utc("2024-03-05 16:00")


def test_an_offset_in_the_text_is_believed_over_the_zone(rows: Rows, check: Check) -> None:
    found = check(rows(created=["2024-03-05T10:00:00Z", "2024-03-05 10:00:00-05:00", "2024-03-05T10:00:00.250"]))
    assert found.rows is not None
    assert found.rows["created_at"].tolist() == [
        utc("2024-03-05 10:00"),
        utc("2024-03-05 15:00"),
        utc("2024-03-05 16:00:00.25"),
    ]


@pytest.mark.parametrize(("zone", "expected"), [("utc", "10:00"), ("America/New_York", "15:00"), ("local", "16:00")])
def test_the_zone_of_naive_times_is_the_stated_one(zone: str, expected: str, rows: Rows, check: Check) -> None:
    found = check(rows(), zone=zone)
    assert found.rows is not None
    assert found.rows.loc[0, "created_at"] == utc(f"2024-03-05 {expected}")


def test_native_times_are_taken_as_they_are(rows: Rows, check: Check) -> None:
    aware = rows().assign(created=pd.Series([utc("2024-03-05 10:00")], index=[1]))
    naive = rows().assign(created=pd.Series([pd.Timestamp("2024-03-05 10:00")], index=[1]))
    objects = rows(created=[datetime(2024, 3, 5, 10)])
    expected = ["10:00", "16:00", "16:00"]
    for raw, at in zip([aware, naive, objects], expected, strict=True):
        found = check(raw)
        assert found.rows is not None
        assert found.rows.loc[0, "created_at"] == utc(f"2024-03-05 {at}")


def test_an_hour_shown_twice_is_its_first_and_one_that_is_skipped_moves_forward(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(rows(created=["2023-11-05 01:30", "2024-03-10 02:30"], closed=[None, None], status=["Open", "Open"]))
    assert found.rows is not None
    assert found.rows["created_at"].tolist() == [utc("2023-11-05 06:30"), utc("2024-03-10 08:00")]
    assert rules_used(found)["created: time that the clock shows twice: first reading"][0] == 1
    assert rules_used(found)["created: time that the clock skips: moved forward"] == (
        1,
        "2024-03-10 02:30:00 → 2024-03-10 08:00:00+00:00",
    )


def test_the_future_begins_after_the_local_day_also_for_times_in_utc(
    rows: Rows, check: Check, make_context: Callable[..., Context]
) -> None:
    raw = rows(created=["2024-07-01T04:59:00Z", "2024-07-01T05:01:00Z"], closed=[None, None], status=["Open", "Open"])
    found = check(raw, ctx=make_context(today=date(2024, 6, 30)))
    assert found.quarantine["row"].tolist() == [2]
    found = check(raw.assign(created=["2024-07-01 04:59", "2024-07-01 05:01"]), ctx=make_context(), zone="utc")
    assert found.quarantine["row"].tolist() == [2]


def test_bad_closing_dates_cost_the_date_and_not_the_row(rows: Rows, check: Check, rules_used: Listed) -> None:
    found = check(rows(closed=["2024-03-04 09:00", "soon", "2024-08-01 10:00", "2024-03-06 09:00"]))
    assert found.rows is not None
    assert found.rows_used == 4
    rules = rules_used(found)
    assert rules["closed before created: closing time unknown"] == (1, "2024-03-04 09:00 → none")
    assert rules["closing date cannot be read: closing time unknown"] == (1, "soon → none")
    assert rules["closed in the future: closing time unknown"] == (1, "2024-08-01 10:00 → none")
    assert rules["closed at an unknown time: taken as closed when filed"][0] == 3
    assert (found.rows["closed_at"] >= found.rows["created_at"]).all()


def test_a_closing_day_without_an_hour_means_its_end(rows: Rows, check: Check, rules_used: Listed) -> None:
    found = check(rows(closed=["2024-03-05"]))
    assert found.rows is not None
    assert found.rows.loc[0, "closed_at"] == utc("2024-03-06 05:59:59.999999")
    assert "closing day without an hour: end of that day" in rules_used(found)


def test_due_dates_before_creation_are_let_go_and_a_due_day_ends_with_the_day(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(rows(due=["2024-03-05", "2024-03-01", "x"]))
    assert found.rows is not None
    assert found.rows["due_at"].tolist()[0] == utc("2024-03-06 05:59:59.999999")
    assert found.rows["due_at"].isna().tolist() == [False, True, True]
    assert rules_used(found)["due before created: no due date"] == (1, "2024-03-01 → none")


class TestDatesOnly:
    def test_days_without_hours_are_found_out(self, rows: Rows, check: Check) -> None:
        found = check(rows(created=["2024-03-05", "2024-03-06 00:00:00"], closed=["2024-03-05", "2024-03-07"]))
        assert found.rows is not None
        assert not found.has_hours
        assert found.rows["created_at"].tolist() == [utc("2024-03-05 06:00"), utc("2024-03-06 06:00")]

    def test_a_day_written_as_midnight_utc_stays_that_day(self, rows: Rows, check: Check) -> None:
        found = check(rows(created=["2024-03-05T00:00:00Z"], closed=[None], status=["Open"]), zone="utc")
        assert found.rows is not None
        assert found.rows.loc[0, "created_at"] == utc("2024-03-05 06:00")

    def test_a_single_hour_shows_that_there_are_hours(self, rows: Rows, check: Check) -> None:
        assert check(rows(created=["2024-03-05", "2024-03-05 14:00"])).has_hours

    def test_the_rule_outranks_what_the_rows_look_like(self, rows: Rows, check: Check) -> None:
        found = check(rows(created=["2024-03-05 14:00"]), dates_only=True)
        assert found.rows is not None
        assert not found.has_hours
        assert found.rows.loc[0, "created_at"] == utc("2024-03-05 06:00")
