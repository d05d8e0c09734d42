"""Waits that a replay fitted, from the city's folder into the next plan, its report, and a what-if on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from allocation.problem import Problem
from allocation.published import played_again
from allocation.simulated import simulated
from domain.measured import FittedWaits
from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.budget import Ask, budget_id, drawn, make_budget, quarters_ahead
from pipelines.steps.ingest import ingest
from pipelines.steps.publish import Published
from pipelines.steps.vintage_inputs import read_inputs
from serving.web.drafted import difference
from storage.evaluations import keep_waits
from storage.vintages import Vintage

pytestmark = pytest.mark.xdist_group("waits")
AS_OF = date(2025, 2, 16)


def fitted(last: date, known_on: date, days: dict[int, float]) -> FittedWaits:
    return FittedWaits(
        days={"pothole": days}, first=date(2024, 1, 1), last=last, known_on=known_on, is_calibrated=True,
        code_version="v",
    )  # fmt: skip


@pytest.fixture(scope="module")
def planned(quick_city: Path, new_home: Callable[[], Path], run_plainly: Callable[[Job], Published]) -> Published:
    job = Job(str(quick_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC), as_of=AS_OF)
    keep_waits(job.folder(), fitted(date(2024, 11, 3), AS_OF, {0: 0.25, 2: 0.5, 8: 0.25}))
    keep_waits(job.folder(), fitted(date(2024, 12, 1), date(2025, 2, 17), {30: 1.0}))
    return run_plainly(job)


def test_the_plan_reckons_with_the_latest_fit_that_its_day_may_know(planned: Published) -> None:
    problem = Problem.model_validate_json((planned.folder / "problem.json").read_bytes())
    rule = problem.work_on("pothole").waits
    assert rule is not None
    assert (rule.days, rule.basis, rule.last) == ({0: 0.25, 2: 0.5, 8: 0.25}, "measured", date(2024, 11, 3))
    assert rule.weekdays == (True,) * 7, "the evening shift is worked every day"
    assert date(2025, 2, 8) < min(rule.filed)
    assert max(rule.filed) <= AS_OF
    assert problem.work_on("flooding").waits is None


def test_the_report_says_what_was_used_whence_and_how_old(planned: Published) -> None:
    told = "on half of the pothole requests within 2 working days and on nine in ten within 8 working days (measured, "
    told += "evidence up to 2024-11-03)"
    assert told in planned.manifest.waits
    report = (planned.folder / "report.html").read_text()
    assert told in report
    assert "open pothole requests cannot be begun yet" in planned.manifest.may_wait
    assert planned.manifest.may_wait in report
    assert Vintage(planned.folder).frame("roster")["reason"].str.contains("cannot be begun yet").any()


def test_a_fit_that_failed_its_test_is_said_and_not_used(
    quick_city: Path, new_home: Callable[[], Path], run_plainly: Callable[[Job], Published]
) -> None:
    job = Job(str(quick_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC), as_of=AS_OF)
    failed = fitted(date(2024, 11, 3), AS_OF, {4: 1.0}).model_copy(update={"is_calibrated": False})
    keep_waits(job.folder(), failed)
    made = run_plainly(job)
    problem = Problem.model_validate_json((made.folder / "problem.json").read_bytes())
    assert all(work.waits is None for work in problem.work)
    report = (made.folder / "report.html").read_text()
    assert "waits were fitted to the record (evidence up to 2024-11-03), but a replay with them did not close" in report
    assert "nobody stated or measured" not in report


def test_a_what_if_plays_the_plan_with_the_same_waits(planned: Published) -> None:
    vintage = Vintage(planned.folder)
    assert planned.manifest.solve is not None
    made = played_again(read_inputs(vintage), vintage.frame("roster"), planned.manifest.solve)
    assert made is not None
    assert made.dense.ready is not None
    assert made.outcome.waiting is not None
    figures = simulated(made.dense, made.chosen, made.ready, made.outcome, made.weight)
    waiting = made.outcome.waiting.late.sum(axis=(1, 2)) @ made.weight
    assert list(figures.waiting_days.values()) == pytest.approx(list(waiting))
    assert 0 < figures.waiting_days["pothole"] < figures.late_days["pothole"]
    assert figures.waiting_days["flooding"] == 0
    told = asdict(figures) | {"cost": figures.cost}
    rows = difference({"published": told, "what_if": told, "currency": "USD"})
    named = [row["what"] for row in rows if "cannot be begun yet" in row["what"]]
    assert named == ["Pothole: of these cannot be begun yet, in no cost and the same for every roster"]
    late = vintage.frame("dispatch")["expected_late"].sum()
    assert np.isclose(late, made.outcome.late_all.sum(axis=(0, 1, 2)) @ made.weight, rtol=1e-4)


def test_a_budget_of_that_day_has_the_same_waits_and_is_named_after_them(planned: Published, quick_city: Path) -> None:
    home = planned.folder.parents[3]
    run = ingest(Job(str(quick_city), home, datetime(2025, 3, 17, 12, tzinfo=UTC), as_of=AS_OF), silent)
    ask = Ask(quarters=1)
    quarters = quarters_ahead(run, ask)
    view = drawn(run, ask, quarters[-1].last, silent)
    made = make_budget(run, ask, quarters, view, silent)
    problem = made.study.case.pool.dense.problem
    rule = problem.work_on("pothole").waits
    assert rule is not None
    assert (rule.days, rule.last) == ({0: 0.25, 2: 0.5, 8: 0.25}, date(2024, 11, 3))
    most = dict(zip(made.study.case.pool.work, made.study.case.within_reach, strict=True))
    assert most["pothole"] < 0.8
    assert most["flooding"] == pytest.approx(1)
    keep_waits(run.job.folder(), fitted(date(2024, 11, 4), AS_OF, {0: 1.0}))
    assert budget_id(run, ask, view) != made.about.budget_id
