"""Open or closed, and since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sources.plugins import Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]


def test_a_status_no_rule_names_is_decided_by_the_closing_date(
    rows: Rows, check: Check, rules_used: Callable[..., Any]
) -> None:
    found = check(rows(status=["Odd", "Odd", None], closed=["2024-03-06", None, "2024-03-06"]))
    assert found.rows is not None
    assert found.rows["status"].tolist() == ["closed", "open", "closed"]
    assert rules_used(found)["status that no rule names: decided by the closing date"][0] == 2


def test_an_open_request_has_no_closing_time(rows: Rows, check: Check, rules_used: Callable[..., Any]) -> None:
    found = check(rows(status=["Open"]))
    assert found.rows is not None
    assert pd.isna(found.rows.loc[0, "closed_at"])
    assert "open with a closing date: the date is let go" in rules_used(found)


def test_a_bad_closing_date_without_a_status_still_means_closed(rows: Rows, check: Check) -> None:
    found = check(rows(status=[None], closed=["2020-01-01"]))
    assert found.rows is not None
    assert found.rows.loc[0, "status"] == "closed"
    assert found.rows.loc[0, "closed_at"] == found.rows.loc[0, "created_at"]


def test_rows_that_never_say_whether_they_are_closed_make_no_backlog(
    rows: Rows, check: Check, rules_used: Callable[..., Any]
) -> None:
    found = check(rows(status=[None, None], closed=[None, None]))
    assert found.rows is not None
    assert set(found.rows["status"]) == {"closed"}
    rule = "no row has a status or a closing date: taken as closed when filed, there is no backlog"
    assert rules_used(found)[rule][0] == 2
    said = check(rows(status=[None, None], closed=[None, "2024-03-06 10:00"]))
    assert said.rows is not None
    assert sorted(said.rows["status"]) == ["closed", "open"]


def test_own_words_for_closed_are_read_in_any_case(rows: Rows, check: Check) -> None:
    found = check(
        rows(status=["ERLEDIGT", "offen"], closed=["2024-03-06 10:00", None]),
        closed_status=["erledigt"],
        open_status=["Offen"],
    )
    assert found.rows is not None
    assert sorted(found.rows["status"]) == ["closed", "open"]
    assert found.corrections.empty


def test_closed_without_work_is_closed_demand_and_told_by_category_with_its_share(
    rows: Rows, check: Check, rules_used: Callable[..., Any]
) -> None:
    found = check(
        rows(status=["Closed", "Closed", "Closed", "CANCELLED", "Open"], closed=["2024-03-06 10:00"] * 4 + [None]),
        closed_without_work=["Cancelled"],
    )
    assert found.rows is not None
    assert sorted(found.rows["status"]) == ["closed"] * 4 + ["open"]
    assert found.rows_used == 5
    rule = "pothole: closed without work, so no job came of it (25% of those closed)"
    assert rules_used(found)[rule] == (1, "CANCELLED → closed")
