"""From a published plan through a foreman's workbook to the next plan's figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from allocation.problem import Problem
from cli.actuals import report
from domain.errors import ActualsRefusedError
from domain.measured import MeasuredFigure
from domain.progress import silent
from domain.weather_rules import WeatherRule
from domain.words import WEATHER_VARIABLES
from pipelines.actuals import SheetKept, estimates_now, file_sheet
from pipelines.doctor import check_city
from pipelines.job import Job, Run, known_at
from pipelines.steps.budget import Ask, drawn, quarters_ahead
from pipelines.steps.budget_inputs import Inputs, budget_inputs
from pipelines.steps.ingest import resolve
from pipelines.steps.measured import last_year
from pipelines.steps.publish import Published, stopped_by_clock
from pipelines.steps.vintage_inputs import pace_in
from serving.sheet_yard import HOURS_HEADER
from serving.sheets import HEADER_ROW
from storage.actuals import read_actuals, read_quarantine
from storage.home import open_home
from storage.snapshot import read_snapshot
from storage.vintages import Vintage, list_vintages
from tests.command_line import typed

pytestmark = pytest.mark.xdist_group("actuals")
KNOWN = date(2025, 2, 17)


@pytest.fixture(scope="module")
def early(quick_city: Path, new_home: Callable[[], Path]) -> Job:
    moment = datetime(2025, 3, 17, 12, tzinfo=UTC)
    return Job(str(quick_city), new_home(), moment, as_of=date(2025, 2, 2), move_latest=False)


@pytest.fixture(scope="module")
def plan(early: Job, run_plainly: Callable[[Job], Published]) -> Published:
    return run_plainly(early)


def filled(plan: Published, to: Path, hours: float = 5.0, jobs: int = 3) -> Path:
    """The published workbook as a foreman would fill it in."""
    book = openpyxl.load_workbook(plan.folder / "plan.xlsx")
    tab = book["North Yard"]
    at = {str(cell.value): cell.column for cell in tab[HEADER_ROW + 1]}
    for row in range(HEADER_ROW + 2, tab.max_row + 1):

        def put(header: str, value: Any, row: int = row) -> None:
            tab.cell(row, at[header]).value = value

        if tab.cell(row, at["Crews"]).value:
            crew_type = tab.cell(row, at["Crew type"]).value
            put("Done: crews", 1)
            put(HOURS_HEADER, hours)
            put("Done: jobs, pothole" if crew_type == "patching" else "Done: jobs, flooding", jobs)
    book.save(to)
    return to


@pytest.fixture(scope="module")
def kept(early: Job, plan: Published, tmp_path_factory: pytest.TempPathFactory) -> SheetKept:
    return file_sheet(early, filled(plan, tmp_path_factory.mktemp("sheet") / "filled.xlsx"), KNOWN)


def told_of(job: Job) -> list[str]:
    """What `crewcast actuals CITY` prints, blanks squeezed."""
    told = typed(job.home, "actuals", job.city)
    assert told.returncode == 0, told.stderr
    return [" ".join(line.split()) for line in told.stdout.splitlines()]


@pytest.fixture(scope="module")
def told_before(early: Job, kept: SheetKept) -> list[str]:
    """What the command says before a plan has used what was filed."""
    return told_of(early)


@pytest.fixture(scope="module")
def later(early: Job, told_before: list[str], run_plainly: Callable[[Job], Published]) -> Published:
    """The plan of five weeks later, which is the latest."""
    return run_plainly(replace(early, as_of=date(2025, 3, 9), move_latest=True))


def problem_of(published: Published) -> Problem:
    return Problem.model_validate_json((published.folder / "problem.json").read_bytes())


def test_the_published_workbook_is_read_back_and_filed_again_changes_nothing(
    early: Job, plan: Published, kept: SheetKept, tmp_path: Path
) -> None:
    assert kept.filed.new >= 20
    assert (kept.aside, kept.reworded) == ((), 0)
    shifts, jobs = read_actuals(early.folder(), early.plan().city.zone)
    assert set(shifts["vintage_id"]) == {plan.manifest.vintage_id}
    assert (shifts["planned_hours"] > 0).all()
    assert (jobs["travel_minutes"] > 0).all()
    again = file_sheet(early, filled(plan, tmp_path / "again.xlsx"), KNOWN)
    assert (again.filed.new, again.filed.corrected, again.filed.unchanged) == (0, 0, kept.filed.new)


def test_the_command_without_a_sheet_shows_what_is_stated_measured_and_in_use(
    early: Job, kept: SheetKept, told_before: list[str], later: Published
) -> None:
    (figure,) = [f for f in measured_now(early) if f.name == "attainment"]
    measured = f"{figure.value:.2f} {figure.low:.2f} – {figure.high:.2f} {figure.shifts}"
    assert f"all crews hours worked ÷ planned 1.00 (assumed) {measured} no plan yet" in told_before
    assert any(line.startswith("pothole patching minutes a job") for line in told_before)
    unsure = [line for line in told_before if line.startswith("pothole jobs a request") and "– –" in line]
    assert unsure, "28 days are not filed"
    assert f"all crews hours worked ÷ planned 1.00 (assumed) {measured} {figure.value:.2f}" in told_of(early)
    (line,) = [c for c in check_city(open_home(early.home), early.city, date(2025, 3, 17)) if c.what == "shift sheets"]
    used = len(problem_of(later).measured)
    assert used > 0
    assert f"{kept.filed.new} shifts filed" in line.detail
    assert f"the last plan rests on {used} measured figure" in line.detail


def test_minutes_are_measured_at_the_pace_of_the_weather_that_was_observed(
    early: Job, plan: Published, kept: SheetKept
) -> None:
    wet = WeatherRule.model_validate(
        {"name": "wet", "skill": "patching", "rain_from_mm": 0.1, "minutes_factor": {"value": 2, "basis": "assumed"}}
    )
    run = resolve(replace(early, as_of=date(2025, 3, 9)), read_snapshot(early.folder()))
    fair = problem_of(plan)
    ruled = fair.model_copy(update={"weather_rules": (wet,)})
    _, jobs = last_year(run, ruled, by_now=True)
    potholes = jobs[jobs["category"] == "pothole"]
    seen = known_at(run).newest_weather
    assert seen is not None
    rain = pd.Series(seen.values[:, WEATHER_VARIABLES.index("precipitation_mm")], index=seen.dates)
    expected = np.where(rain.reindex(potholes["date"]).to_numpy() >= 0.1, 0.5, 1.0)
    np.testing.assert_array_equal(potholes["pace"], expected)
    pace = pace_in(Vintage(plan.folder), ruled)
    assert pace is not None
    assert pace.shape[0] == len(fair.dates)
    assert ((pace[:, 0, 0] >= 0.5) & (pace[:, 0, 0] < 1)).any(), "some path is wet"


def test_a_row_that_cannot_be_kept_is_stored_apart_with_its_reason_and_counted(
    early: Job, plan: Published, kept: SheetKept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(plan, tmp_path / "slips.xlsx")
    book = openpyxl.load_workbook(path)
    tab = book["North Yard"]
    at = {str(cell.value): cell.column for cell in tab[HEADER_ROW + 1]}
    rows = [r for r in range(HEADER_ROW + 2, tab.max_row + 1) if tab.cell(r, at[HOURS_HEADER]).value]
    tab.cell(rows[0], at[HOURS_HEADER]).value = -3
    tab.cell(rows[1], at[HOURS_HEADER]).value = "ask Miller"
    book.save(path)
    found = file_sheet(early, path, KNOWN)
    aside = read_quarantine(early.folder())
    assert aside["value"].tolist() == ["-3", "(text)"], "words may name somebody"
    assert (aside["column"] == "hours").all()
    assert aside["reason"].str.len().min() > 5
    assert aside["place"].str.contains("North Yard").all()
    report(path, found)
    assert "in quarantine: 2" in capsys.readouterr().out


def test_the_next_plan_rests_on_it_and_says_so_and_an_earlier_one_does_not(
    early: Job, plan: Published, later: Published, run_plainly: Callable[[Job], Published]
) -> None:
    problem = problem_of(later)
    (attained,) = [f for f in problem.measured if f.name == "attainment"]
    assert attained.basis == "measured"
    assert attained.low <= attained.value <= attained.high < 1
    assert problem.absence_share == pytest.approx(1 - attained.value, abs=1e-6)
    assert attained in measured_now(early)
    assert run_plainly(early).folder == plan.folder, "as of 2 February nothing was known of it"
    assert problem_of(plan).measured == ()


def test_a_budget_of_the_same_day_has_the_same_minutes_and_absence_and_an_earlier_one_has_none(
    early: Job, later: Published
) -> None:
    wanted, then = problem_of(later), budgeted(early)
    now = budgeted(replace(early, as_of=date(2025, 3, 9)))
    problem = now.pool.dense.problem
    assert problem.measured == wanted.measured != ()
    assert problem.absence_share == wanted.absence_share != then.pool.dense.problem.absence_share
    assert [w.minutes for w in problem.work] == [w.minutes for w in wanted.work]
    assert then.pool.dense.problem.measured == ()
    assert [i.basis for terms in (then.terms, now.terms) for i in terms.inputs if i.name == "absence"] == [
        "assumed",
        "measured",
    ]


def test_a_sheet_that_is_refused_leaves_the_plan_and_what_was_filed(
    early: Job, plan: Published, kept: SheetKept, tmp_path: Path
) -> None:
    before = list_vintages(early.folder()), (early.folder().root / "actuals.json").read_bytes()
    sheet = tmp_path / "wrong.csv"
    sheet.write_text(
        "date,yard,shift,crew_type,crews,hours,jobs_pothole\n2025-02-04,Moon Yard,day,patching,1,7,3\n",
        encoding="utf-8",
    )
    with pytest.raises(ActualsRefusedError, match="Moon Yard"):
        file_sheet(early, sheet, KNOWN)
    assert (list_vintages(early.folder()), (early.folder().root / "actuals.json").read_bytes()) == before


def test_what_the_emergency_clock_stopped_is_not_published_a_second_time(early: Job, plan: Published) -> None:
    manifest = plan.manifest
    run = Run(early, manifest.snapshot, manifest.as_of, manifest.origin, manifest.modes)
    assert stopped_by_clock(run, manifest) is None, "an ordinary solve is compared to the byte"
    assert manifest.solve is not None
    clocked = manifest.model_copy(update={"solve": manifest.solve.model_copy(update={"is_emergency": True})})
    archived = stopped_by_clock(run, clocked)
    assert archived is not None
    assert archived.folder == plan.folder
    assert archived.manifest.model_copy(update={"files": {}}) == manifest
    assert stopped_by_clock(run, clocked.model_copy(update={"vintage_id": "2025-02-02-r9-00000000"})) is None


def budgeted(job: Job) -> Inputs:
    """What a budget of one quarter is made from."""
    run, ask = resolve(job, read_snapshot(job.folder())), Ask(quarters=1)
    last = quarters_ahead(run, ask)[-1].last
    return budget_inputs(run, drawn(run, ask, last, silent), last, silent)


def measured_now(job: Job) -> list[MeasuredFigure]:
    return [e.measured for e in estimates_now(job) if e.measured is not None]
