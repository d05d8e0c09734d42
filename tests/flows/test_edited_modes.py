"""A published draft says of its own plan whether work is without crews, not of the one that it changed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.draft import EditEntry
from domain.progress import silent
from domain.words import MODE_NO_CREWS
from pipelines.job import Job
from pipelines.steps.edited import publish_edited
from pipelines.steps.whatif import Ask
from storage.vintages import Vintage, latest

pytestmark = pytest.mark.xdist_group("drafts")


def _published(job: Job, absence: float) -> Vintage:
    folder, base = job.folder(), latest(job.folder())
    name = base.manifest.vintage_id
    edit = EditEntry(base=name, draft="d", by="Ada", at="2025-03-17T12:00:00Z", why="flu", asked=(str(absence),))
    publish_edited(folder, base, Ask(absence=absence), edit, silent)
    return latest(folder)


def test_a_draft_without_crews_is_published_as_such_and_the_next_with_crews_is_not(
    quick_city: Path, planned_home: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(planned_home, tmp_path / "home", symlinks=True)
    job = Job(str(quick_city), home, datetime(2025, 3, 17, 12, tzinfo=UTC))
    first = latest(job.folder())
    for absence, without in ((1.0, True), (0.1, False)):
        found = _published(job, absence)
        assert (MODE_NO_CREWS in found.manifest.modes) == without
        health = found.frame("health")
        told = health[(health["kind"] == "mode") & (health["item"] == MODE_NO_CREWS)]
        assert len(told) == without
        assert told["value"].str.contains("all of them stay away").all()
        assert (health["vintage_id"] == found.manifest.vintage_id).all()
    assert found.manifest.modes == first.manifest.modes
    assert len(health) == len(first.frame("health"))
