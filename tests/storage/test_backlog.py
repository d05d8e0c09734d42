from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from domain.category import QueueWork
from domain.city import CityPlan
from domain.tables import BACKLOG
from storage.backlog import open_requests
from storage.home import CityFolder
from storage.snapshots import Incoming, commit

NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
AS_OF = date(2024, 3, 5)
Open = Callable[..., pd.DataFrame]


@pytest.fixture
def backlog(
    folder: CityFolder, plan: CityPlan, build_rows: Open, build_incoming: Callable[..., Incoming]
) -> Callable[..., pd.DataFrame]:
    """The backlog at the end of 5 March of these rows; the data end on 10 March."""
    end = {"request_id": "end", "created_at": "2024-03-10T20:00Z", "status": "closed"}

    def build(*rows: dict[str, Any]) -> pd.DataFrame:
        snapshot = commit(folder, plan, build_incoming(build_rows(*({"status": "open", **r} for r in rows), end)), NOW)
        return open_requests(snapshot, plan, AS_OF)

    return build


def test_what_was_closed_later_was_open_then(backlog: Open) -> None:
    rows = backlog(
        {
            "request_id": "later",
            "created_at": "2024-03-01T12:00Z",
            "closed_at": "2024-03-06T12:00Z",
            "status": "closed",
        },
        {
            "request_id": "before",
            "created_at": "2024-03-01T12:00Z",
            "closed_at": "2024-03-05T12:00Z",
            "status": "closed",
        },
        {"request_id": "never", "created_at": "2024-02-01T12:00Z"},
        {"request_id": "unborn", "created_at": "2024-03-06T12:00Z"},
    )
    assert rows["request_id"].tolist() == ["never", "later"]


def test_a_request_without_a_due_time_takes_its_categorys_hours(backlog: Open) -> None:
    rows = backlog(
        {"request_id": "own", "created_at": "2024-03-04T12:00Z", "due_at": "2024-03-05T00:00Z"},
        {"request_id": "rule", "created_at": "2024-03-04T13:00Z"},
    ).set_index("request_id")
    assert rows["due_basis"].to_dict() == {"own": "source", "rule": "category"}
    assert rows.loc["rule", "due_at"] == pd.Timestamp("2024-03-08T13:00Z")
    assert rows["is_late"].to_dict() == {"own": True, "rule": False}


def test_a_due_time_is_the_one_in_force_on_the_local_day_of_filing(
    folder: CityFolder, plan: CityPlan, build_rows: Open, build_incoming: Callable[..., Incoming]
) -> None:
    rule = {"due_hours": 720, "cost_per_late_day": 1, "due_changes": [{"from": "2024-03-01", "due_hours": 24}]}
    changed = plan.category("pothole").model_copy(update={"queue": QueueWork.model_validate(rule)})
    dated = plan.model_copy(update={"categories": (changed, *plan.categories[1:])})
    rows = build_rows(  # 00:30 and 23:30 local time of the first of March and the day before
        {"request_id": "after", "created_at": "2024-03-01T06:30Z", "status": "open"},
        {"request_id": "before", "created_at": "2024-03-01T05:30Z", "status": "open"},
        {"request_id": "end", "created_at": "2024-03-10T20:00Z", "status": "closed"},
    )
    found = open_requests(commit(folder, dated, build_incoming(rows), NOW), dated, AS_OF).set_index("request_id")
    assert found.loc["after", "due_at"] == pd.Timestamp("2024-03-02T06:30Z")
    assert found.loc["before", "due_at"] == pd.Timestamp("2024-03-31T05:30Z")


def test_age_is_counted_to_the_end_of_the_as_of_day_and_old_rows_are_stale(backlog: Open) -> None:
    rows = backlog(
        {"request_id": "day", "created_at": "2024-03-05T06:00Z"},
        {"request_id": "stale", "created_at": "2023-11-20T12:00Z"},
    ).set_index("request_id")
    assert rows.loc["day", "age_days"] == pytest.approx(1.0)
    assert rows["is_stale"].to_dict() == {"stale": True, "day": False}


def test_noise_lapses_and_is_never_backlog(backlog: Open) -> None:
    assert backlog({"category": "noise", "created_at": "2024-03-04T12:00Z"}).empty


def test_the_frame_keeps_the_contract_of_the_table_empty_or_not(backlog: Open) -> None:
    columns = [c for c in BACKLOG.schema.columns if c != "vintage_id"]
    for frame in (backlog({"created_at": "2024-03-04T12:00Z", "area": ""}), backlog()):
        assert list(frame.columns) == columns
        BACKLOG.validate(frame.assign(vintage_id="v"))


def test_a_source_of_counts_has_no_backlog(
    folder: CityFolder, plan: CityPlan, build_incoming: Callable[..., Incoming]
) -> None:
    day = {"city": "testville", "area": "A", "category": "pothole", "source": "counts.csv", "count": 2}
    counts = pd.DataFrame([{**day, "date": d} for d in pd.date_range("2024-01-01", AS_OF)])
    rows = open_requests(commit(folder, plan, build_incoming(counts=counts), NOW), plan, AS_OF)
    assert rows.empty
    BACKLOG.validate(rows.assign(vintage_id=pd.Series(dtype="str")))
