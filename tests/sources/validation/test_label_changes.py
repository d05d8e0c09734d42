"""Labels that came and went are told on the health page; nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sources.plugins import Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
LABELS = {"Pothole": "pothole", "Street defect": "pothole", "Noise": "noise"}


def days(first: str, last: str, label: str) -> list[tuple[str, str]]:
    return [(f"{day:%Y-%m-%d}", label) for day in pd.date_range(first, last, freq="3D")]


def told(found: Requests, rules_used: Callable[..., Any]) -> dict[str, tuple[int, str]]:
    return {rule: value for rule, value in rules_used(found).items() if rule.startswith("label change")}


def test_a_label_that_another_replaced_is_told_with_its_days(rows: Rows, check: Check, rules_used) -> None:
    made = [
        *days("2023-01-02", "2023-12-31", "Noise"),
        *days("2023-01-02", "2023-06-01", "pothole"),
        *days("2023-06-02", "2023-12-31", "Street defect"),
    ]
    found = check(rows(created=[day for day, _ in made], label=[label for _, label in made]), labels=LABELS)
    assert told(found, rules_used) == {
        "label change: 'pothole' is not used after 2023-06-01": (51, ""),
        "label change: 'Street defect' is used from 2023-06-02 on": (71, ""),
    }
    assert found.rows_used == len(made)


def test_labels_that_go_on_are_not_told(rows: Rows, check: Check, rules_used) -> None:
    made = [*days("2023-01-02", "2023-12-31", "Noise"), *days("2023-01-05", "2023-12-20", "Pothole")]
    found = check(rows(created=[day for day, _ in made], label=[label for _, label in made]), labels=LABELS)
    assert told(found, rules_used) == {}
