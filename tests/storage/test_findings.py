from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pandas as pd

from domain.city import CityPlan
from domain.tables import HEALTH
from domain.words import CROSSWALK_DOUBT
from storage.findings import findings, gaps
from storage.home import CityFolder
from storage.known import read_known
from storage.snapshots import Incoming, commit

FIRST, LAST = date(2023, 1, 1), date(2024, 3, 10)
NOW = datetime(2024, 3, 11, 12, tzinfo=UTC)
Frames = Callable[..., pd.DataFrame]
Load = Callable[..., Incoming]


def told(frame: pd.DataFrame, kind: str) -> dict[str, tuple[str, str]]:
    of_kind = frame[frame["kind"] == kind]
    return {str(i): (str(v), str(s)) for i, v, s in of_kind[["item", "value", "severity"]].itertuples(index=False)}


def test_every_row_of_a_load_is_accounted_for(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    rows = daily_rows(FIRST, LAST)
    bad = {"city": "testville", "source": "rows.csv", "column": "created", "value": "1900-01-01", "request_id": ""}
    quarantine = pd.DataFrame([{**bad, "row": n, "reason": "created before 2000"} for n in (1, 2)])
    done = {"city": "testville", "source": "rows.csv", "rule": "id 8.0 read as 8", "rows": 7}
    done |= {"of_rows": 875, "example": "8.0 → 8"}
    doubt = {**done, "rule": f"{CROSSWALK_DOUBT}2024-01-01: 'A' is named", "example": "correct the date"}
    corrections = pd.DataFrame([done, doubt])
    load = build_incoming(rows, rows_read=len(rows) + 5, quarantine=quarantine, corrections=corrections)
    snapshot = commit(folder, plan, load, NOW)
    frame = findings(snapshot, read_known(snapshot, plan, LAST), plan)
    HEALTH.validate(frame.assign(vintage_id="v"))
    shown = {k: v[0] for k, v in told(frame, "rows").items()}
    assert shown == {
        "read": "875",
        "used": "870",
        "quarantined": "2 (0.23\u00a0%)",
        "other: of no category here, or repeats": "3",
    }
    assert told(frame, "quarantine") == {
        "created before 2000": ("2 rows; created: '1900-01-01' (2); first in row 1 of rows.csv", "note")
    }
    assert told(frame, "correction") == {
        "id 8.0 read as 8": ("7 rows, e.g. 8.0 → 8", "note"),
        "crosswalk of 2024-01-01: 'A' is named": ("7 rows", "warning"),
    }
    assert frame.loc[frame["item"].str.startswith(CROSSWALK_DOUBT), "remedy"].tolist() == ["correct the date"]


def test_a_degraded_run_says_so_and_what_to_do(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    snapshot = commit(folder, plan, build_incoming(daily_rows(FIRST, LAST)), NOW)
    frame = findings(snapshot, read_known(snapshot, plan, date(2024, 3, 14)), plan)
    modes = frame[frame["kind"] == "mode"]
    assert modes["item"].tolist() == ["stale demand", "silent category", "no weather"]
    assert (modes["severity"] == "warning").all()
    assert (modes["remedy"] != "").all()
    assert told(frame, "freshness")["requests"] == ("to 2024-03-10, 4 days before 2024-03-14", "note")


def test_weeks_without_any_request_are_told_as_a_gap(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    halves = [daily_rows(FIRST, date(2023, 12, 1)), daily_rows(date(2024, 1, 10), LAST)]
    snapshot = commit(folder, plan, build_incoming(pd.concat(halves, ignore_index=True)), NOW)
    known = read_known(snapshot, plan, LAST)
    assert gaps(known, plan) == [(date(2023, 12, 2), date(2024, 1, 9), 39)]
    assert told(findings(snapshot, known, plan), "gap") == {
        "no request from 2023-12-02 to 2024-01-09": ("39 days", "warning")
    }


def test_a_category_that_is_all_zero_is_told_and_so_are_rows_without_an_area(
    folder: CityFolder, plan: CityPlan, daily_rows: Frames, build_incoming: Load
) -> None:
    rows = daily_rows(FIRST, LAST)
    rows.loc[rows.index % 4 == 0, "area"] = ""
    snapshot = commit(folder, plan, build_incoming(rows), NOW)
    notes = told(findings(snapshot, read_known(snapshot, plan, LAST), plan), "note")
    assert notes["noise: no request in two years"] == ("all zero", "warning")
    assert notes["pothole: share without an area, last year"] == ("25.1\u00a0%", "warning")
    assert notes["how we know when rows became known"] == (
        "assumed from the rows' own dates: 100.0\u00a0% of rows",
        "ok",
    )
