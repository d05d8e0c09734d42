"""A budget from the command line to its files, on the small simulated city."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.budget import Ask, Made, drawn, make_budget, quarters_ahead
from pipelines.steps.ingest import ingest
from storage.recorded import recorded_in_time
from tests.command_line import typed

pytestmark = pytest.mark.xdist_group("plain_run")

ASK = Ask(quarters=2, target=0.85)


def made_in(job: Job, ask: Ask) -> Made:
    run = ingest(job, silent)
    quarters = quarters_ahead(run, ask)
    return make_budget(run, ask, quarters, drawn(run, ask, quarters[-1].last, silent), silent)


@pytest.fixture(scope="module")
def made(job: Job) -> Made:
    return made_in(job, ASK)


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_a_budget_has_a_workbook_a_page_and_its_tables(made: Made) -> None:
    names = {p.name for p in made.folder.iterdir()}
    assert names >= {"budget.xlsx", "budget.html", "mixes.csv", "needs.csv", "one_more.csv", "months.csv"}
    book = openpyxl.load_workbook(made.folder / "budget.xlsx")
    assert book.sheetnames[:5] == ["Budget", "Totals", "Cost today", "Cost advised", "Cost against share"]
    mixes = pd.read_csv(made.folder / "mixes.csv")
    assert len(mixes) == len(made.study.tried)
    assert mixes["share"].between(0, 1).all()


def test_quarters_are_those_of_the_fiscal_year_and_all_lie_ahead(made: Made) -> None:
    assert [q.name for q in made.study.quarters] == ["FY2025 Q2", "FY2025 Q3"]
    assert made.study.quarters[0].first > made.about.as_of


def test_the_answer_says_that_figures_are_assumed(made: Made) -> None:
    page = (made.folder / "budget.html").read_text(encoding="utf-8")
    assert "figures are assumed" in page
    assert "crews, wages and prices are invented" in page


def test_the_same_inputs_give_the_same_bytes_in_another_home(
    job: Job, made: Made, new_home: Callable[[], Path]
) -> None:
    again = made_in(replace(job, home=new_home()), ASK)
    assert again.folder.name == made.folder.name
    assert hashes(again.folder) == hashes(made.folder)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--quarters", "9"), "between 1 and 8"),
        (("--target", "1.5"), "above 0 and up to 1"),
        (("--scenario", "dry-spell"), "wet-year, dry-year, hard-winter"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_once(
    small_city: Path, new_home: Callable[[], Path], words: tuple[str, ...], said: str
) -> None:
    answer = typed(new_home(), "budget", str(small_city), *words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_crew_type_that_is_not_there_is_named(small_city: Path, tmp_path: Path, new_home: Callable[[], Path]) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(small_city.read_text() + "budget: {crews: {paving: {vacant: 1}}}\n", encoding="utf-8")
    answer = typed(new_home(), "budget", str(path))
    assert answer.returncode == 2
    assert "there is no crew type 'paving'" in answer.stderr
    assert "use one of patching, drainage" in answer.stderr


def test_what_was_recorded_is_a_share_of_what_fell_due_and_is_known_as_it_was_then(job: Job) -> None:
    run = ingest(job, silent)
    now = recorded_in_time(run.snapshot(), job.plan(), run.as_of)
    assert set(now) == {"pothole", "flooding"}
    assert all(0 < share <= 1 for share in now.values())
    earlier = recorded_in_time(run.snapshot(), job.plan(), run.as_of - timedelta(days=120))
    assert earlier != now
