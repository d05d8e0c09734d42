"""What a real run's publication says of reporting, and what leaves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.job import Job
from pipelines.steps.publish import Published
from serving.export.formats import FORMATS
from storage.vintages import Vintage, read_vintage

pytestmark = pytest.mark.xdist_group("plain_run")


@pytest.fixture
def vintage(job: Job, published: Published) -> Vintage:
    return read_vintage(job.folder(), published.manifest.vintage_id)


def test_reporting_is_published_for_every_area_and_leaves_the_plan_alone(vintage: Vintage) -> None:
    table = vintage.frame("reporting")
    assert len(table) == 4 * 3
    told = table[table["propensity"].notna()]
    assert (told["low"] <= told["propensity"]).all()
    assert (told["propensity"] <= told["high"]).all()
    assert (table["basis"] != "").all()
    assert vintage.manifest.fairness is None
    assert json.loads(vintage.bytes("problem.json"))["fairness"] is None
    assert b"nobody has switched that on" in vintage.bytes("report.html")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("csv", {"plan.csv"}),
        ("xlsx", {"plan.xlsx"}),
        ("geojson", {"plan.geojson"}),
        ("ics", {"north-yard.ics"}),
        ("a4", {"sheets.html"}),
    ],
)
def test_every_format_comes_from_the_vintage_alone_and_twice_the_same(
    vintage: Vintage, name: str, files: set[str]
) -> None:
    assert set(FORMATS) == {"csv", "xlsx", "geojson", "ics", "a4"}
    made = FORMATS[name](vintage)
    assert set(made) == files
    assert made == FORMATS[name](vintage)
    assert all(made.values())
    for file in files & set(vintage.manifest.files):
        assert made[file] == vintage.bytes(file)


def test_the_command_writes_what_was_asked_for(job: Job, published: Published, tmp_path: Path, crewcast) -> None:
    words = ("export", published.manifest.city, "--format", "ics", "--format", "csv", "--out", str(tmp_path / "new"))
    answer = crewcast(job.home, *words)
    assert answer.returncode == 0, answer.stderr
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"north-yard.ics", "plan.csv"}
    refused = crewcast(job.home, "export", published.manifest.city, "--format", "pdf", "--out", str(tmp_path))
    assert refused.returncode == 2
    assert "choose from csv, geojson, ics, a4, xlsx" in refused.stderr
