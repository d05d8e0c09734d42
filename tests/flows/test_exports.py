"""What a real run's publication says of reporting, and what leaves it."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest

from pipelines.job import Job
from pipelines.steps.publish import Published
from serving.export.formats import FORMATS
from storage.vintages import Vintage, read_vintage
from tests.command_line import typed

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


def test_the_command_writes_what_was_asked_for(job: Job, published: Published, tmp_path: Path) -> None:
    words = ("export", published.manifest.city, "--format", "ics", "--format", "csv", "--out", str(tmp_path / "new"))
    answer = typed(job.home, *words)
    assert answer.returncode == 0, answer.stderr
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"north-yard.ics", "plan.csv"}
    refused = typed(job.home, "export", published.manifest.city, "--format", "pdf", "--out", str(tmp_path))
    assert refused.returncode == 2
    assert "choose from csv, geojson, ics, a4, xlsx" in refused.stderr


def test_the_report_is_written_as_a_page_or_as_one_mail(job: Job, published: Published, tmp_path: Path) -> None:
    city = published.manifest.city
    made = typed(job.home, "report", city, "--email-ready", "--out", str(tmp_path / "monday.eml"))
    assert made.returncode == 0, made.stderr
    message = email.message_from_bytes((tmp_path / "monday.eml").read_bytes(), policy=email.policy.default)
    assert published.manifest.vintage_id in message.get_body(("html",)).get_content()
    assert len([part for part in message.walk() if part.get_content_type() == "image/png"]) >= 3
    page = typed(job.home, "report", city, "--out", str(tmp_path / "report.html"))
    assert page.returncode == 0, page.stderr
    assert (tmp_path / "report.html").read_bytes() == read_vintage(job.folder(), published.manifest.vintage_id).bytes(
        "report.html"
    )
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    refused = typed(job.home, "report", city, "--out", str(tmp_path / "taken" / "x.html"))
    assert refused.returncode == 2
    assert "choose another file" in refused.stderr
