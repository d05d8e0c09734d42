"""A simulated portal that shows half of its rows days late, read every evening: the last days are no longer low."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from domain.panel import Known
from domain.progress import silent
from features.nowcast import nowcast
from models.history.trust import history_of
from pipelines.job import Job, Run, known_at
from pipelines.steps.choose import choose
from pipelines.steps.draw import draw
from pipelines.steps.ingest import ingest
from pipelines.steps.record import record
from storage.known import read_known

pytestmark = pytest.mark.xdist_group("late_rows")

EVENINGS = 29
LAST = date(2025, 3, 14)
WORLD = "years: 2, end: 2025-03-16, districts: 2, areas_per_district: 2"
LATE = (
    "years: 1, end: 2025-03-16, districts: 2, areas_per_district: 10, "
    "artefacts: [{kind: late, start: 2024-06-03, days: 285, share: 0.5, wait_days: 2}]"
)
RECENT = 4


def evening(city: Path, home: Path, day: date) -> Job:
    """A run at half past ten in the evening (winter) of a local day."""
    return Job(str(city), home, datetime.combine(day + timedelta(days=1), time(4, 30), UTC), as_of=day)


@pytest.fixture(scope="module")
def late_city(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("late") / "late.yaml"
    text = small_city.read_text(encoding="utf-8")
    assert WORLD in text
    text = text.replace(WORLD, LATE).replace("weather: {kind: simulator}\n", "")
    text = text.replace("selection_folds: 2", "selection_folds: 2, reselect_after_days: 1")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def followed(late_city: Path, new_home: Callable[[], Path]) -> Run:
    """The last of a row of daily runs."""
    home = new_home()
    for number in range(EVENINGS, -1, -1):
        run = ingest(evening(late_city, home, LAST - timedelta(days=number)), silent)
    return run


@pytest.fixture(scope="module")
def complete(late_city: Path, new_home: Callable[[], Path], followed: Run) -> Known:
    """The same days when every row had come."""
    run = ingest(Job(str(late_city), new_home(), datetime(2025, 9, 1, tzinfo=UTC), as_of=None), silent)
    return read_known(run.snapshot(), run.job.plan(), followed.origin, followed.origin)


def test_the_last_days_are_low_and_the_correction_takes_the_bias_away(followed: Run, complete: Known) -> None:
    known = known_at(followed)
    assert known.demand.reported_share is not None
    filed = known.demand.counts[:, :, -RECENT:].sum()
    final = complete.demand.counts[:, :, -RECENT:].sum()
    expected = sum(
        nowcast(known.demand.of(c), known.demand.share_of(c))[:, -RECENT:].sum() for c in known.demand.categories
    )
    assert filed < 0.85 * final
    assert expected == pytest.approx(final, rel=0.1)


def test_days_whose_rows_are_still_to_come_are_not_learnt_from(followed: Run) -> None:
    trust = history_of(known_at(followed), "pothole").trust
    assert trust[-1] == 0
    assert (trust[-60:-20] > 0).all()


def test_a_history_loaded_at_once_has_no_correction(complete: Known) -> None:
    assert complete.demand.reported_share is None
    assert np.array_equal(complete.demand.share_of("pothole"), np.ones(len(complete.demand.dates)))


def test_a_champion_is_as_fresh_as_evidence_can_be(followed: Run) -> None:
    """Evidence ends two days before the origin, and one day after it a selection is due: none is made every morning."""
    chosen = choose(followed, "pothole", silent)
    assert (followed.origin - chosen.recipe.evidence_end).days > followed.job.plan().city.models.reselect_after_days
    folder = draw(followed, chosen.recipe, followed.job.folder().work, silent)
    record(followed, {"pothole": chosen}, {"pothole": folder}, silent)
    again = choose(followed, "pothole", silent)
    assert not again.is_new
    assert again.recipe == chosen.recipe
