"""Labels: mapped, excluded with a reason, or unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from domain.errors import ConfigError
from sources.plugins import Requests
from sources.rules import RequestRules

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


BOTH = {
    "Pothole": {"category": "pothole", "until": "2024-03-04"},
    "Street defect": {"category": "pothole", "from": "2024-03-05"},
}
TURNED = {"Defect": [{"category": "noise", "until": "2024-03-04"}, {"category": "pothole", "from": "2024-03-06"}]}
DAYS = ["2024-03-04 23:59:00", "2024-03-05 00:00:00", "2024-03-06 08:00:00"]


def test_a_renamed_label_counts_under_its_old_name_until_and_its_new_one_from_a_day(
    rows: Rows, check: Check, reasons: Callable[..., Any]
) -> None:
    found = check(rows(label=["POTHOLE", "Street defect", "pothole"], created=DAYS), labels=BOTH)
    assert found.rows is not None
    assert found.rows["category"].tolist() == ["pothole", "pothole"]
    assert [(row, column, value) for row, column, value, _ in reasons(found)] == [(3, "label", "pothole")]


def test_a_label_that_changed_its_meaning_is_read_by_the_day(rows: Rows, check: Check) -> None:
    found = check(rows(label=["Defect"] * 3, created=DAYS), labels=TURNED, on_unknown_label="exclude")
    assert found.rows is not None
    assert found.rows["category"].tolist() == ["noise", "pothole"]
    assert found.excluded == 1


def test_counts_have_dated_labels_too(check_counts: Check) -> None:
    raw = pd.DataFrame(
        {"date": [d[:10] for d in DAYS], "area": "1", "label": "Defect", "count": "2"}, index=pd.RangeIndex(1, 4)
    )
    found = check_counts(raw, labels=TURNED)
    assert found.counts is not None
    assert found.counts["category"].tolist() == ["noise", "pothole"]


@pytest.mark.parametrize(
    "meanings",
    [
        [{"category": "noise", "until": "2024-03-04"}, {"category": "pothole", "from": "2024-03-04"}],
        [{"category": "noise", "from": "2024-03-04", "until": "2024-03-01"}],
        [],
    ],
)
def test_meanings_that_overlap_or_end_before_they_begin_are_refused(meanings: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError, match="meaning"):
        RequestRules.model_validate({"labels": {"Defect": meanings}})


def test_a_dated_label_of_a_category_that_is_not_there_is_an_error(rows: Rows, check: Check) -> None:
    with pytest.raises(ConfigError, match="did you mean 'pothole'"):
        check(rows(), labels={"Defect": {"category": "potholes", "until": "2024-03-04"}})
