"""Replays in short: the last one that an as-of day may know."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.errors import SnapshotBrokenError
from domain.evaluation import EvaluationEntry
from domain.measured import FittedWaits
from storage.evaluations import keep_evaluation, keep_waits, last_evaluation, latest_waits, newest_fit
from storage.home import CityFolder, open_home


@pytest.fixture
def folder(tmp_path: Path) -> CityFolder:
    return open_home(tmp_path).city("testford")


def replay(last: date, sentence: str = "No evidence.") -> EvaluationEntry:
    return EvaluationEntry(
        first=date(2024, 1, 7), last=last, known_on=last.replace(day=28), weeks=9, load="1", is_calibrated=True,
        sentence=sentence, config_hash="c", code_version="v",
    )  # fmt: skip


EARLY, LATE = replay(date(2024, 3, 3)), replay(date(2024, 6, 2), "This plan beat the supervisor.")


def test_there_is_none_before_a_replay_was_made(folder: CityFolder) -> None:
    assert last_evaluation(folder, date(2024, 12, 31)) is None


def test_the_one_made_last_counts_and_making_one_again_makes_it_the_last(folder: CityFolder) -> None:
    keep_evaluation(folder, LATE)
    keep_evaluation(folder, EARLY)
    assert last_evaluation(folder, date(2024, 12, 31)) == EARLY
    keep_evaluation(folder, LATE)
    assert last_evaluation(folder, date(2024, 12, 31)) == LATE


def test_a_plan_as_of_an_earlier_day_does_not_know_what_came_later(folder: CityFolder) -> None:
    keep_evaluation(folder, EARLY)
    keep_evaluation(folder, LATE)
    assert last_evaluation(folder, date(2024, 6, 27)) == EARLY
    assert last_evaluation(folder, date(2024, 6, 28)) == LATE
    assert last_evaluation(folder, date(2024, 3, 27)) is None


def test_an_altered_file_is_named(folder: CityFolder) -> None:
    keep_evaluation(folder, EARLY)
    path = next(p for p in (folder.root / "evaluations").glob("*.json") if p.name != "order.json")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SnapshotBrokenError, match=path.name):
        last_evaluation(folder, date(2024, 12, 31))


def fit(last: date, known_on: date, is_calibrated: bool = True) -> FittedWaits:
    return FittedWaits(
        days={"pothole": {0: 0.5, 4: 0.5}}, first=date(2023, 1, 1), last=last, known_on=known_on,
        is_calibrated=is_calibrated, code_version="v",
    )  # fmt: skip


OLD, NEW = fit(date(2024, 1, 7), date(2024, 5, 1)), fit(date(2024, 3, 3), date(2024, 8, 1))


def test_a_plan_reckons_with_the_fit_on_the_latest_days_that_it_may_know(folder: CityFolder) -> None:
    assert latest_waits(folder, date(2024, 12, 31)) is None
    keep_waits(folder, NEW)
    keep_waits(folder, OLD)
    assert latest_waits(folder, date(2024, 4, 30)) is None
    assert latest_waits(folder, date(2024, 7, 31)) == OLD
    assert latest_waits(folder, date(2024, 8, 1)) == NEW, "made before the other, but on later days"


def test_a_fit_that_did_not_reproduce_the_record_is_no_reason_to_go_back_to_an_older_one(folder: CityFolder) -> None:
    keep_waits(folder, OLD)
    keep_waits(folder, NEW.model_copy(update={"is_calibrated": False}))
    assert latest_waits(folder, date(2024, 7, 31)) == OLD
    assert latest_waits(folder, date(2024, 12, 31)) is None
    unused = newest_fit(folder, date(2024, 12, 31))
    assert unused is not None
    assert (unused.last, unused.is_calibrated) == (NEW.last, False), "a report says that there is one"
    keep_waits(folder, NEW)
    assert latest_waits(folder, date(2024, 12, 31)) == NEW, "of two on the same days the one made last"
