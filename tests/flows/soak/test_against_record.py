"""The simulated city against its own record: with the crews of its YAML, and with a third of their minutes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from allocation.evaluate.settings import ReplaySettings
from configs import packaged
from domain.progress import silent
from pipelines.job import Job, Run
from pipelines.steps.against_record import against_record
from pipelines.steps.evaluate import Replay, evaluate
from pipelines.steps.ingest import ingest

pytestmark = pytest.mark.soak

SETTINGS = ReplaySettings(
    every_days=14, commit_days=15, fit_days=182, loads=(1.0,), forecaster="recent_weekdays", plan_draws=4,
    refit_every=10, readiness="each roster",
)  # fmt: skip
ASKED = Replay(date(2024, 6, 30), date(2024, 9, 8), SETTINGS)


@pytest.fixture(scope="module")
def run_of(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Run]:
    """The demo city with crews of so many minutes a shift, 420 in its own YAML."""

    def ingested(minutes: int) -> Run:
        text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
        assert text.count("minutes: 420") == 3
        path = tmp_path_factory.mktemp("demo") / "demo.yaml"
        path.write_text(text.replace("minutes: 420", f"minutes: {minutes}"), encoding="utf-8")
        return ingest(Job(str(path), new_home(), datetime(2026, 1, 1, tzinfo=UTC)), silent)

    return ingested


def test_a_city_whose_crews_are_those_of_its_yaml_is_calibrated(run_of: Callable[[int], Run]) -> None:
    record = against_record(run_of(420), ASKED.origins(), SETTINGS, silent)
    assert {(m.category, m.quarter) for m in record.matches} == {("pothole", "2024Q3"), ("flooding", "2024Q3")}
    assert record.told == "calibrated: all 2 categories and quarters lie within the stated error"
    assert record.is_calibrated


def test_a_calibrated_city_gets_its_percentages(run_of: Callable[[int], Run], tmp_path: Path) -> None:
    report = evaluate(run_of(420), ASKED, tmp_path, silent)
    assert report["waits"]["pothole"]["p90"] > 10, "an eighth of the potholes waits for others, 16 days in the mean"
    assert report["pace"]["flooding"] > 1, "in floods the simulated city calls in more than its crews"
    closed = report["gaps"]["1"]["sample-paths"]["closed"]
    assert closed["low"] <= closed["value"] <= closed["high"]
    assert "The policies are replayed with the same waits." in (tmp_path / "report.html").read_text()
    kept = json.loads((tmp_path / "weeks" / "asked.json").read_text())
    assert kept["waits"], "weeks replayed with waits are no others' weeks"


def test_a_city_whose_crews_have_a_third_of_their_minutes_is_told_so_with_the_figures(
    run_of: Callable[[int], Run],
) -> None:
    record = against_record(run_of(140), ASKED.origins(), SETTINGS, silent)
    assert not record.is_calibrated
    assert record.waits is None, "the policies are not replayed with waits that did not reproduce the record"
    assert "pothole 2024Q3: median 2 days against" in record.told
    assert "90th percentile" in record.told
