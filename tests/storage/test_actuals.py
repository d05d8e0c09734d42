"""Filed shifts: kept in versions, known from a moment on, committed whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from domain.errors import SnapshotBrokenError
from domain.tables import ACTUAL_JOBS, ACTUALS, ACTUALS_QUARANTINE
from storage import actuals
from storage.actuals import Filed, keep, read_actuals, read_quarantine
from storage.home import CityFolder, open_home

ZONE = ZoneInfo("America/Chicago")
FIRST, LATER = datetime(2025, 2, 5, 18, tzinfo=UTC), datetime(2025, 2, 9, 18, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> CityFolder:
    return open_home(tmp_path).city("testford")


def sheet(moment: datetime, hours: float = 7.0, jobs: float = 8.0, days: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    head = {
        "city": "testford", "date": pd.date_range("2025-02-03", periods=days, unit="us"), "shift": "day",
        "yard": "North", "crew_type": "patching", "known_at": moment,
    }  # fmt: skip
    said = {"known_at_basis": "observed", "crews": 1.0, "hours": hours, "left_plan": "", "vintage_id": "v"}
    plan = {"planned_crews": 1.0, "planned_hours": 7.0, "setup_minutes": 30.0, "source": "abc"}
    done = {"category": "pothole", "jobs": jobs, "travel_minutes": 10.0, "nearby_share": 0.9}
    return ACTUALS.validate(pd.DataFrame(head | said | plan)), ACTUAL_JOBS.validate(pd.DataFrame(head | done))


def test_a_sheet_filed_twice_changes_nothing(folder: CityFolder) -> None:
    assert keep(folder, *sheet(FIRST)) == Filed(3, 0, 0)
    before = (folder.root / actuals.LISTING).read_bytes()
    assert keep(folder, *sheet(LATER)) == Filed(0, 0, 3)
    assert (folder.root / actuals.LISTING).read_bytes() == before


@pytest.mark.parametrize("change", [{"hours": 6.0}, {"jobs": 9.0}])
def test_a_corrected_shift_is_a_new_version_and_the_old_one_stays_known_as_it_was(
    folder: CityFolder, change: dict[str, float]
) -> None:
    keep(folder, *sheet(FIRST))
    assert keep(folder, *sheet(LATER, **change, days=1)) == Filed(0, 1, 0)
    old, old_jobs = read_actuals(folder, ZONE, date(2025, 2, 8))
    new, new_jobs = read_actuals(folder, ZONE, date(2025, 2, 9))
    assert (len(old), len(new), len(old_jobs), len(new_jobs)) == (3, 3, 3, 3)
    assert set(old["hours"]) == {7.0}
    assert set(old_jobs["jobs"]) == {8.0}
    assert (new["hours"].min(), new_jobs["jobs"].max()) == (change.get("hours", 7.0), change.get("jobs", 8.0))


def test_a_run_as_of_a_day_reads_only_what_was_known_by_its_end(folder: CityFolder) -> None:
    keep(folder, *sheet(FIRST))
    assert read_actuals(folder, ZONE, date(2025, 2, 4))[0].empty
    assert len(read_actuals(folder, ZONE, date(2025, 2, 5))[0]) == 3


def test_a_correction_dated_before_what_it_corrects_still_follows_it(folder: CityFolder) -> None:
    keep(folder, *sheet(LATER))
    keep(folder, *sheet(FIRST, hours=5.0))
    assert set(read_actuals(folder, ZONE)[0]["hours"]) == {5.0}
    assert (read_actuals(folder, ZONE)[0]["known_at"] > pd.Timestamp(LATER)).all()


def test_a_shift_without_any_job_is_kept(folder: CityFolder) -> None:
    shifts, _ = sheet(FIRST, jobs=0.0)
    keep(folder, shifts, ACTUAL_JOBS.empty())
    found, jobs = read_actuals(folder, ZONE)
    assert (len(found), len(jobs)) == (3, 0)
    assert keep(folder, shifts, ACTUAL_JOBS.empty()) == Filed(0, 0, 3)


def test_a_writer_that_dies_before_the_commit_leaves_what_was_known(
    folder: CityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(folder, *sheet(FIRST))

    def stop(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(actuals, "write_atomically", stop)
        with pytest.raises(OSError, match="space"):
            keep(folder, *sheet(LATER, hours=1.0))
    assert set(read_actuals(folder, ZONE)[0]["hours"]) == {7.0}


def test_a_missing_file_is_said_and_not_read_around(folder: CityFolder) -> None:
    keep(folder, *sheet(FIRST))
    next((folder.tables / "actual_jobs").rglob("*.parquet")).unlink()
    with pytest.raises(SnapshotBrokenError, match="actual_jobs"):
        read_actuals(folder, ZONE)


def test_nothing_filed_is_empty_and_typed(folder: CityFolder) -> None:
    shifts, jobs = read_actuals(folder, ZONE)
    assert list(shifts.columns) == list(ACTUALS.schema.columns)
    assert list(jobs.columns) == list(ACTUAL_JOBS.schema.columns)
    assert shifts.empty
    assert jobs.empty


def bad_row(source: str, value: str = "-3") -> pd.DataFrame:
    row = {
        "city": "testford", "source": source, "place": "sheet.csv, row 4", "column": "hours", "value": value,
        "reason": "not possible", "remedy": "give a number, 0 or more", "known_at": FIRST,
    }  # fmt: skip
    return ACTUALS_QUARANTINE.validate(pd.DataFrame([row]))


def test_rows_set_aside_are_kept_once_a_file_and_do_not_become_shifts(folder: CityFolder) -> None:
    keep(folder, *sheet(FIRST), bad_row("abc"))
    before = (folder.root / actuals.LISTING).read_bytes()
    keep(folder, *sheet(LATER), bad_row("abc"))
    assert (folder.root / actuals.LISTING).read_bytes() == before
    keep(folder, *sheet(LATER), bad_row("def", "-4"))
    assert read_quarantine(folder)["value"].tolist() == ["-3", "-4"]
    assert len(read_actuals(folder, ZONE)[0]) == 3


def test_a_listing_of_the_release_before_is_read_and_has_no_quarantine(folder: CityFolder) -> None:
    keep(folder, *sheet(FIRST))
    raw = json.loads((folder.root / actuals.LISTING).read_bytes())
    del raw["actuals_quarantine"]
    (folder.root / actuals.LISTING).write_text(json.dumps(raw | {"schema_version": 1}), encoding="utf-8")
    assert len(read_actuals(folder, ZONE)[0]) == 3
    assert read_quarantine(folder).empty
