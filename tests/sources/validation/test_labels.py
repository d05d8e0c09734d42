"""Labels: mapped, excluded with a reason, or unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from domain.errors import ConfigError
from sources.plugins import Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]


def test_several_labels_become_one_category_whatever_their_case(rows: Rows, check: Check) -> None:
    found = check(
        rows(label=["Pot  Hole ", "street DEFECT", "pot hole"]),
        labels={"Pot hole": "pothole", "Street defect": "pothole"},
    )
    assert found.rows is not None
    assert found.rows["category"].tolist() == ["pothole"] * 3


def test_a_number_written_without_quotes_is_a_label_too(rows: Rows, check: Check) -> None:
    found = check(rows(label=["101", "102"]), labels={101: "pothole", "102": "noise"})
    assert found.rows is not None
    assert sorted(found.rows["category"]) == ["noise", "pothole"]


def test_unknown_and_empty_labels_are_quarantined(rows: Rows, check: Check, reasons: Callable[..., Any]) -> None:
    found = check(rows(label=["pothole", "Weeds", None, " "]), labels={"pothole": "pothole"})
    assert reasons(found) == [
        (2, "label", "Weeds", "unknown label; known: pothole"),
        (3, "label", "", "label is empty"),
        (4, "label", "", "label is empty"),
    ]


def test_information_only_labels_are_excluded_and_counted_by_their_reason(
    rows: Rows, check: Check, rules_used: Callable[..., Any]
) -> None:
    found = check(
        rows(label=["pothole", "Question", "question", "Test"], created=["2024-03-05", "junk", "2024-03-05", "1900"]),
        excluded_labels={"question": "a question", "test": "training"},
    )
    assert (found.rows_used, found.excluded, len(found.quarantine)) == (1, 3, 0)
    assert sum(rows for rows, _ in rules_used(found).values()) == 3
    assert rules_used(found)["excluded, no demand: training"] == (1, "Test")


def test_labels_of_other_work_may_be_excluded_as_a_whole(
    rows: Rows, check: Check, rules_used: Callable[..., Any], reasons: Callable[..., Any]
) -> None:
    found = check(rows(label=["pothole", "Weeds", "Graffiti", None]), on_unknown_label="exclude")
    assert (found.rows_used, found.excluded) == (1, 2)
    assert rules_used(found)["excluded, no demand: a label of other work"][0] == 2
    assert [reason for *_, reason in reasons(found)] == ["label is empty"]


def test_a_label_mapped_to_no_category_of_the_city_names_the_nearest(rows: Rows, check: Check) -> None:
    with pytest.raises(ConfigError, match=r"'Pot hole' is mapped to 'potholes'.*did you mean 'pothole'"):
        check(rows(), labels={"Pot hole": "potholes"})
