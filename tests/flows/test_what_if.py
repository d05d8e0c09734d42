"""A what-if on a published plan: from the vintage alone, the same where nothing is asked, published by nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from allocation.absence import planned_absence
from allocation.crew_changes import crew_change
from allocation.doubted import doubted
from allocation.doubts import doubts
from allocation.plan import allocate, figures_of
from allocation.played_under import played_under
from allocation.problem import Problem
from allocation.published import played_again
from cli.plan import report
from cli.run import report as tell
from configs.lock_sheet import LOCK, locks_of_workbook
from configs.locks import inline_lock
from domain.crew_rules import Absence, WorkingTime
from domain.errors import LockError, ScenarioError, WhatIfError
from domain.lock import LocksEntry
from domain.progress import silent
from pipelines.doctor_inputs import check_locks_to_come
from pipelines.job import Job
from pipelines.steps.last_week import with_last_week
from pipelines.steps.plan import unvaried
from pipelines.steps.publish import Published
from pipelines.steps.scenario_draws import under
from pipelines.steps.vintage_inputs import read_inputs
from pipelines.steps.whatif import Ask, WhatIf, base_of, changed_inputs, doubts_of, what_if
from pipelines.steps.whatif_files import as_dict
from serving.web.drafted import difference
from storage.previous import previous_vintage
from storage.vintages import Vintage, latest, list_vintages
from tests.command_line import typed

pytestmark = pytest.mark.xdist_group("what_if")

Runner = Callable[[Job], Published]


@pytest.fixture(scope="module")
def quick_job(quick_city: Path, job: Job, new_home: Callable[[], Path]) -> Job:
    return replace(job, city=str(quick_city), home=new_home())


@pytest.fixture(scope="module")
def yesterday(quick_job: Job, run_plainly: Runner) -> Published:
    return run_plainly(replace(quick_job, as_of=date(2025, 3, 15)))


@pytest.fixture(scope="module")
def today(quick_job: Job, yesterday: Published, run_plainly: Runner) -> Published:
    return run_plainly(quick_job)


@pytest.fixture
def asked(quick_job: Job, today: Published) -> Callable[[Ask], WhatIf]:
    return lambda ask: what_if(Vintage(today.folder), quick_job.folder(), quick_job.plan(), ask, silent)


def test_a_city_may_leave_the_repeats_at_other_figures_to_the_command_and_the_vintage_says_why(
    quick_job: Job, today: Published
) -> None:
    assert Vintage(today.folder).frame("sensitivity").empty
    assert today.manifest.not_varied == "the city’s file switches it off (crews.repeat_when_doubted: false)"
    problem = Problem.model_validate_json(Vintage(today.folder).bytes("problem.json"))
    crews = quick_job.plan().city.crews.model_copy(update={"repeat_when_doubted": True})
    assert unvaried(problem, crews) == ""
    large = problem.model_copy(update={"areas": problem.areas * 1000})
    assert "too large" in unvaried(large, crews)
    assert unvaried(problem.model_copy(update={"work": ()}), crews) == "every figure was measured"


def test_a_run_starts_from_the_roster_of_the_vintage_before(
    quick_job: Job, yesterday: Published, today: Published
) -> None:
    assert yesterday.manifest.previous is None
    assert today.manifest.previous == yesterday.manifest.vintage_id
    problem = Problem.model_validate_json(Vintage(today.folder).bytes("problem.json"))
    known = [crews for entry in problem.posted for crews in entry.crews[:-1]]
    assert known
    assert all(entry.crews[-1] is None for entry in problem.posted), "yesterday did not plan today's last day"
    assert previous_vintage(quick_job.folder(), date(2025, 3, 15), date(2025, 3, 16)) is None


def test_running_an_earlier_day_again_finds_its_vintage_byte_by_byte_and_does_not_move_latest(
    quick_job: Job, yesterday: Published, today: Published, run_plainly: Runner, tmp_path: Path
) -> None:
    there = replace(quick_job, home=tmp_path / "home")
    shutil.copytree(quick_job.home, there.home, symlinks=True)
    before = yesterday.manifest.as_of
    again = run_plainly(replace(there, as_of=before, move_latest=False))  # verified against its own bytes
    assert again.manifest == yesterday.manifest
    assert (again.manifest.as_of, again.manifest.first_date) == (before, before + timedelta(days=1))
    assert list_vintages(there.folder()) == [yesterday.manifest.vintage_id, today.manifest.vintage_id]
    assert latest(there.folder()).folder.name == today.folder.name


def test_a_vintage_planned_again_without_changes_gives_the_published_roster(
    today: Published, asked: Callable[[Ask], WhatIf]
) -> None:
    found = asked(Ask())
    assert found.reproduced
    assert found.changed.empty
    assert found.before == found.after
    vintage = Vintage(today.folder)
    again, published = allocate(read_inputs(vintage)), vintage.frame("roster").drop(columns="vintage_id")
    pd.testing.assert_frame_equal(again.roster, published, check_dtype=False)
    assert found.before == again.simulated, "the published roster played again costs what solving it anew found"


def test_a_published_roster_that_this_release_plays_otherwise_is_not_taken_for_it(today: Published) -> None:
    vintage = Vintage(today.folder)
    given, roster, entry = read_inputs(vintage), vintage.frame("roster"), vintage.manifest.solve
    assert entry is not None
    assert played_again(given, roster, entry) is not None
    assert played_again(given, roster.assign(expected_minutes=roster["expected_minutes"] + 1), entry) is None
    assert played_again(given, roster.assign(on_readiness=roster["on_readiness"] + 1), entry) is None


def test_more_crews_never_cost_more_and_are_where_the_rule_puts_them(asked: Callable[[Ask], WhatIf]) -> None:
    found = asked(Ask(crews=(crew_change("flooding=+2"),)))
    drainage = found.roster[found.roster["crew_type"] == "drainage"].groupby("date")[["crews", "on_readiness"]].sum()
    assert drainage.sum(axis=1).max() == 3
    assert found.after.late_days["flooding"] <= found.before.late_days["flooding"] + 1e-9
    assert "+2 drainage at North Yard" in found.said[0]
    problem = found.problem
    north = next(y for y in problem.yards if y.name == "North Yard")
    rate = next(t.cost_per_hour for t in problem.crew_types if t.name == "drainage")
    shifts = [s for s in problem.shifts if s.name in north.shifts]
    hours = sum(max((s.minutes for s in shifts if day in s.dates), default=0) / 60 for day in problem.dates)
    more = found.after.regular_wages - found.before.regular_wages
    assert more == pytest.approx(2 * rate * hours), "two more crews are paid, worked or not"


def test_a_run_prints_the_locks_that_it_kept_and_their_price(
    today: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    assert today.manifest.locks is None
    lock = "2025-03-20 evening 'North Yard' patching=1"
    locks = LocksEntry(locks=(lock,), cost_with=108.0, cost_without=100.0)
    tell(replace(today, manifest=today.manifest.model_copy(update={"locks": locks})), "crewcast serve", moved=True)
    currency = today.manifest.currency
    assert (
        f"locks: 1 lock kept ({lock}): price +8 {currency} of simulated cost over the plan" in capsys.readouterr().out
    )
    tell(today, "crewcast serve", moved=True)
    assert "locks:" not in capsys.readouterr().out


def test_a_scenario_counts_draws_differently_or_says_what_to_run_first(
    quick_job: Job, today: Published, asked: Callable[[Ask], WhatIf]
) -> None:
    assert "re-weighted" in asked(Ask(scenario="wet-year")).said[0]
    for name in ("hot-summer", "1987"):
        with pytest.raises(ScenarioError, match="no published draw matches") as raised:
            asked(Ask(scenario=name))
        assert f"crewcast forecast CITY --scenario {name}" in raised.value.remedy


def test_under_a_scenario_the_difference_is_to_the_published_roster_on_the_same_draws(
    quick_job: Job, today: Published, asked: Callable[[Ask], WhatIf], capsys: pytest.CaptureFixture[str]
) -> None:
    found, vintage = asked(Ask(scenario="wet-year")), Vintage(today.folder)
    base = base_of(vintage, silent)
    again = figures_of(played_under(base.inputs, base.decision))
    assert again.readiness == pytest.approx(found.before.readiness), "held crews and levels cost what was published"
    assert again.cost == pytest.approx(found.before.cost)
    weighed, _ = under(base.inputs, quick_job.folder(), vintage.manifest, quick_job.plan(), "wet-year")
    weight = weighed.paths.draws.weight
    late = dict(zip((w.category for w in base.decision.dense.work), base.decision.outcome.late_all, strict=True))
    assert found.under is not None
    for category, days in found.under.late_days.items():
        assert days == pytest.approx(float((late[category].sum(axis=(0, 1)) @ weight) / weight.sum()))
    assert found.under.late_days != found.before.late_days
    assert asked(Ask(crews=(crew_change("pothole=+1"),))).under is None
    report(found, "v", "USD")
    told = capsys.readouterr().out
    (line,) = (line.split() for line in told.splitlines() if line.startswith("simulated cost"))
    money = [float(text.replace(",", "")) for text in line[2:] if text != "USD"]
    assert money == [round(v) for v in (found.before.cost, found.under.cost, found.after.cost)] + [
        round(found.after.cost - found.under.cost)
    ]
    assert "The difference is against it" in told
    rows = difference(as_dict(found, vintage.manifest))
    assert rows[0]["under"] == found.under.cost
    assert rows[0]["difference"] == pytest.approx(found.after.cost - found.under.cost)


def one_doubt(problem: Problem) -> Problem:
    """All figures of its work measured but the first: each that is not is two plans more."""
    measured = {"basis": "measured"}
    work = []
    for rule in problem.work:
        fields = type(rule.conversion).model_fields
        conversion = {n: getattr(rule.conversion, n).model_copy(update=measured) for n in fields}
        minutes = rule.service_minutes if not work else rule.service_minutes.model_copy(update=measured)
        told = {"conversion": rule.conversion.model_copy(update=conversion), "service_minutes": minutes}
        if rule.event is not None:
            held = rule.event.requests_per_crew_day.model_copy(update=measured)
            told["event"] = rule.event.model_copy(update={"requests_per_crew_day": held})
        work.append(rule.model_copy(update=told))
    alone = problem.model_copy(update={"work": tuple(work)})
    assert [d.figure for d in doubts(alone)] == ["service_minutes"]
    return alone


def test_under_a_scenario_the_doubts_too_count_the_draws_as_it_weighs_them(
    quick_job: Job, today: Published, asked: Callable[[Ask], WhatIf]
) -> None:
    ask, vintage, plan = Ask(scenario="wet-year"), Vintage(today.folder), quick_job.plan()
    problem = one_doubt(asked(ask).problem)
    found = doubts_of(vintage, quick_job.folder(), plan, ask, problem, silent)
    weighed, _ = under(read_inputs(vintage).posing(problem), quick_job.folder(), vintage.manifest, plan, "wet-year")
    assert not np.array_equal(weighed.paths.draws.weight, read_inputs(vintage).paths.draws.weight)
    pd.testing.assert_frame_equal(found.table, doubted(weighed).table)


@pytest.mark.parametrize(
    ("text", "words"),
    [("pothole=2", "not a change"), ("snow=+1", "no category"), ("East Yard/patching=+1", "no yard"),
     ("pothole=-2", "have 1 crew of")],
)  # fmt: skip
def test_a_change_of_crews_that_cannot_be_names_the_entry(
    asked: Callable[[Ask], WhatIf], text: str, words: str
) -> None:
    with pytest.raises(WhatIfError, match=words):
        asked(Ask(crews=(crew_change(text),)))


def test_an_asked_absence_takes_the_place_of_a_stated_rule(today: Published) -> None:
    inputs = read_inputs(Vintage(today.folder))
    rule = Absence.model_validate({"mean": {"value": 0.1, "basis": "measured"}, "concentration": 20})
    rules = inputs.problem.rules.model_copy(update={"absence": rule})
    asked, said = changed_inputs(inputs.posing(inputs.problem.model_copy(update={"rules": rules})), Ask(absence=0.4))
    assert said == ("absence 40% instead of 10%",)
    assert planned_absence(asked.problem) == pytest.approx(0.4)


def test_the_doctor_names_locks_that_the_plan_does_not_reach(quick_job: Job, today: Published) -> None:
    plan, last = quick_job.plan(), today.manifest.last_date
    locks = tuple(inline_lock(f"{day} day 'North Yard' patching=1") for day in (last, last + timedelta(days=300)))
    crews = plan.city.crews.model_copy(update={"locks": locks})
    plan = plan.model_copy(update={"city": plan.city.model_copy(update={"crews": crews})})
    (told,) = check_locks_to_come(quick_job.folder(), plan, "Tiny")
    assert told.state == "note"
    assert told.detail.startswith(str(locks[1]))


def test_a_plan_knows_what_the_last_one_rostered_where_a_rule_looks_back(
    quick_job: Job, yesterday: Published, today: Published
) -> None:
    last, plain = Vintage(yesterday.folder), read_inputs(Vintage(today.folder)).problem
    folder, as_of = quick_job.folder(), today.manifest.as_of
    assert with_last_week(plain, folder, as_of).worked_before == () == plain.worked_before
    rules = plain.rules.model_copy(update={"working_time": WorkingTime(minimum_rest_hours=10)})
    looking = plain.model_copy(update={"rules": rules})
    found = with_last_week(looking, folder, as_of).worked_before
    roster = last.frame("roster")
    first = roster[roster["date"] < pd.Timestamp(plain.dates[0])]
    assert {shift.date for shift in found} == {plain.dates[0] - timedelta(days=1)}
    assert sum(shift.crews for shift in found) == (first["crews"] + first["on_readiness"]).sum() > 0
    for gap in (3, 8):  # days from the last planned one to the first of a plan that it does not overlap
        start = today.manifest.last_date + timedelta(days=gap)
        later = looking.model_copy(update={"dates": tuple(start + timedelta(days=d) for d in range(len(plain.dates)))})
        found = with_last_week(later, folder, start - timedelta(days=1)).worked_before
        assert {(start - shift.date).days for shift in found} <= set(range(gap, 8))
        assert bool(found) == (gap <= 7)


def test_locks_are_read_from_the_published_workbook(today: Published, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(today.folder / "plan.xlsx")
    sheet = book["North Yard"]
    header = {cell.value: cell.column for cell in sheet[4]}
    sheet.cell(row=5, column=header[LOCK], value=1)
    sheet.cell(row=6, column=header[LOCK], value="<=0")
    book.save(tmp_path / "plan.xlsx")
    first, second = locks_of_workbook(tmp_path / "plan.xlsx")
    assert (first.yard, first.crews, second.at_most) == ("North Yard", 1, 0)
    assert first.date == sheet.cell(row=5, column=header["Date"]).value.date()
    sheet.cell(row=7, column=header[LOCK], value="many")
    book.save(tmp_path / "plan.xlsx")
    with pytest.raises(LockError, match="row 7"):
        locks_of_workbook(tmp_path / "plan.xlsx")


def test_the_command_shows_the_difference_and_publishes_nothing(
    quick_job: Job, today: Published, tmp_path: Path
) -> None:
    before = list_vintages(quick_job.folder())
    words = ("plan", quick_job.city, "--crews", "pothole=+1", "--out", str(tmp_path / "out"), "-q")
    done = typed(quick_job.home, *words)
    assert done.returncode == 0, done.stderr
    assert "simulated cost" in done.stdout
    told = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert told["published_plan_reproduced"]
    roster = pd.read_csv(tmp_path / "out" / "roster.csv", encoding="utf-8-sig")
    assert set(roster["crew_type"]) == {"patching", "drainage"}
    assert np.isclose(told["what_if"]["cost"], told["what_if"]["dispatch"] + told["what_if"]["readiness"])
    assert list_vintages(quick_job.folder()) == before
    assert latest(quick_job.folder()).folder == today.folder
