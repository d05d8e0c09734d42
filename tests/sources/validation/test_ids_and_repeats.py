"""One row a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sources.plugins import Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., Any]


def test_ids_written_as_fractions_are_whole_and_lost_or_empty_ones_quarantined(
    rows: Rows, check: Check, reasons: Listed, rules_used: Listed
) -> None:
    found = check(rows(request_id=["123.0", "0045", "1.23E+11", None]))
    assert found.rows is not None
    assert sorted(found.rows["request_id"]) == ["0045", "123"]
    assert rules_used(found)["request id written as a fraction: whole number"] == (1, "123.0 → 123")
    assert [reason for *_, reason in reasons(found)] == [
        "request id in scientific notation: its digits are lost",
        "request id is empty",
    ]


def test_the_same_id_with_the_same_content_is_a_technical_duplicate(
    rows: Rows, check: Check, rules_used: Listed
) -> None:
    found = check(
        rows(request_id=["7", "7.0", 7], created=["2024-03-05 10:00", "2024-03-05T10:00:00", "2024-03-05 10:00"])
    )
    assert (found.rows_used, found.duplicates) == (1, 2)
    assert rules_used(found)["same id, same content: one kept (technical duplicate)"] == (2, "7 → once")


def test_of_different_content_the_last_row_wins(rows: Rows, check: Check, rules_used: Listed) -> None:
    found = check(rows(request_id=["7", "7", "8"], area=["1", "2", "1"]))
    assert found.rows is not None
    assert found.rows.set_index("request_id")["area"].to_dict() == {"7": "2", "8": "1"}
    assert rules_used(found)["same id, different content: the last in the file kept"] == (1, "7 → once")


def test_or_the_one_closed_last_where_the_rule_says_so(rows: Rows, check: Check) -> None:
    raw = rows(
        request_id=["7"] * 3, closed=["2024-03-08 10:00", "2024-03-06 10:00", None], status=["Closed", "Closed", "Open"]
    )
    found = check(raw, newest="last_closed")
    assert found.rows is not None
    assert (found.rows_used, found.duplicates) == (1, 2)
    assert found.rows.loc[0, "closed_at"] == pd.Timestamp("2024-03-08 16:00", tz="UTC")


def test_a_version_that_cannot_be_used_does_not_replace_one_that_can(rows: Rows, check: Check) -> None:
    found = check(rows(request_id=["7", "7"], created=["2024-03-05 10:00", "junk"]))
    assert (found.rows_used, found.duplicates, len(found.quarantine)) == (1, 0, 1)
