"""The simulated city against its own record: with the crews of its YAML, and with a third of their minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from allocation.evaluate.settings import ReplaySettings
from configs import packaged
from domain.progress import silent
from models.folds import regular_origins
from pipelines.job import Job, Run
from pipelines.steps.against_record import Record, against_record
from pipelines.steps.ingest import ingest

SETTINGS = ReplaySettings(fit_days=182)
ORIGINS = regular_origins(date(2024, 6, 30), date(2024, 9, 22), 7)


@pytest.fixture(scope="module")
def run_of(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Run]:
    """The demo city with crews of so many minutes a shift, 420 in its own YAML."""

    def ingested(minutes: int) -> Run:
        text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
        assert text.count("minutes: 420,") + text.count("minutes: 420}") >= 3
        path = tmp_path_factory.mktemp("demo") / "demo.yaml"
        path.write_text(text.replace("minutes: 420", f"minutes: {minutes}"), encoding="utf-8")
        return ingest(Job(str(path), new_home(), datetime(2026, 1, 1, tzinfo=UTC)), silent)

    return ingested


def _record(run: Run) -> Record:
    return against_record(run, ORIGINS, SETTINGS, silent)


def test_a_city_whose_crews_are_those_of_its_yaml_is_calibrated(run_of: Callable[[int], Run]) -> None:
    record = _record(run_of(420))
    assert {(m.category, m.quarter) for m in record.matches} == {("pothole", "2024Q3"), ("flooding", "2024Q3")}
    assert record.is_calibrated, record.told
    assert record.told == "calibrated: all 2 categories and quarters lie within the stated error"
    assert record.waits is not None
    assert record.waits.days(0, 0.9) > 10, "an eighth of the potholes waits for others, 16 days in the mean"
    assert record.fitted.pace["flooding"] > 1, "in floods the simulated city calls in more than its crews"


def test_a_city_whose_crews_have_a_third_of_their_minutes_is_told_so_with_the_figures(
    run_of: Callable[[int], Run],
) -> None:
    record = _record(run_of(140))
    assert not record.is_calibrated
    assert record.waits is None, "the policies are not replayed with waits that did not reproduce the record"
    assert "pothole 2024Q3: median 2 days against" in record.told
    assert "90th percentile" in record.told
