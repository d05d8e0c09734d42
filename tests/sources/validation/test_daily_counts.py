"""Daily counts: whole, not negative, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sources.plugins import Requests

Check = Callable[..., Requests]
Listed = Callable[..., Any]


def counts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["date", "area", "label", "count"], index=range(1, len(rows) + 1), dtype=object)


def test_negative_fractional_missing_and_absurd_counts_are_quarantined(check_counts: Check, reasons: Listed) -> None:
    found = check_counts(
        counts(
            ("2024-03-05", "1", "pothole", 3.0), ("2024-03-05", "2", "pothole", -1),
            ("2024-03-06", "1", "pothole", "2.5"), ("2024-03-06", "2", "pothole", None),
            ("2024-03-07", "1", "pothole", 10**9), ("2024-03-07", "2", "pothole", "lots"),
        )
    )  # fmt: skip
    assert found.counts is not None
    assert found.counts["count"].tolist() == [3]
    assert [(row, reason.split(" (")[0]) for row, _, _, reason in reasons(found)] == [
        (2, "count is negative"),
        (3, "count is no whole number"),
        (4, "count is missing or no number"),
        (5, "count above 100000"),
        (6, "count is missing or no number"),
    ]


def test_repeated_counts_are_dropped_and_of_different_ones_the_last_wins(
    check_counts: Check, rules_used: Listed
) -> None:
    found = check_counts(
        counts(
            ("2024-03-05", "1", "pothole", 3), ("2024-03-05", "01", "Pothole", 3),
            ("2024-03-06", "1", "pothole", 4), ("2024-03-06", "1", "pothole", 5),
        )
    )  # fmt: skip
    assert found.counts is not None
    assert found.counts["count"].tolist() == [3, 5]
    assert found.duplicates == 2
    rules = rules_used(found)
    assert rules["same day, area and label with the same count: one kept"] == (1, "2024-03-05 1 pothole → once")
    assert rules["same day, area and label with different counts: the last in the file kept"][0] == 1


def test_labels_of_one_category_are_summed(check_counts: Check) -> None:
    found = check_counts(
        counts(("2024-03-05", "1", "hole", 3), ("2024-03-05", "1", "crack", 3)),
        labels={"hole": "pothole", "crack": "pothole"},
    )
    assert found.counts is not None
    assert found.counts[["category", "count"]].to_numpy().tolist() == [["pothole", 6]]
    assert found.rows_used == 2
    assert not found.has_hours


def test_days_that_cannot_be_are_quarantined(check_counts: Check, reasons: Listed) -> None:
    days = ["2024-02-30", "1900-01-01", "2024-07-01", None]
    found = check_counts(counts(*[(d, "1", "pothole", 1) for d in days]))
    assert [reason.split(" (")[0] for *_, reason in reasons(found)] == [
        "date cannot be read", "dated before 2000-01-01", "dated in the future", "date is missing",
    ]  # fmt: skip
