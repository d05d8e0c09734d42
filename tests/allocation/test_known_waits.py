from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.dense import dense
from allocation.doubts import doubts
from allocation.known_waits import with_known_waits
from allocation.problem import Problem
from allocation.waits import waits_told
from domain.measured import FittedWaits
from domain.panel import Demand

STATED = {"days": {0: 0.5, 3: 0.5}, "basis": "expert"}
FIT = FittedWaits(
    days={"pothole": {1: 1.0}, "flooding": {0: 0.75, 2: 0.25}}, first=date(2023, 1, 1), last=date(2023, 12, 3),
    known_on=date(2024, 1, 1), is_calibrated=True, code_version="v",
)  # fmt: skip


def demand(areas: Any) -> Demand:
    """One request an area and day, and one without an area, up to Sunday 7 January."""
    dates = pd.date_range("2023-12-01", "2024-01-07", unit="us")
    counts = np.ones((2, len(areas.names), len(dates)), dtype=np.int64)
    return Demand(dates, areas.names, ("flooding", "pothole"), counts, np.ones((2, len(dates)), dtype=np.int64))


def problem_with(build: Any, fitted: FittedWaits | None, **stated: Any) -> Problem:
    pothole = {**build.pothole, **stated}
    plan, areas = build.city_plan(categories=[pothole, build.flooding, build.noise]), build.area_map(3)
    return with_known_waits(build.problem_of(plan, areas, 7), plan.city.crews, fitted, demand(areas))


def test_what_is_stated_comes_before_what_was_fitted_and_that_before_none(build: Any) -> None:
    both = problem_with(build, FIT, waits=STATED)
    pothole, flooding = (both.work_on(c).waits for c in ("pothole", "flooding"))
    assert pothole is not None
    assert (pothole.days, pothole.basis, pothole.last) == ({0: 0.5, 3: 0.5}, "expert", None)
    assert flooding is not None
    assert (flooding.days, flooding.basis, flooding.last) == (FIT.days["flooding"], "measured", date(2023, 12, 3))
    assert both.work_on("noise").waits is None
    assert all(w.waits is None for w in problem_with(build, None).work)
    assert waits_told(problem_with(build, None)) == ""


def test_working_days_are_those_of_the_yards_shifts(build: Any) -> None:
    weekend = [{**build.shifts[0], "weekdays": [5, 6]}, *build.shifts[1:]]
    plan, areas = build.city_plan(shifts=weekend, yards=[{**build.yards(1)[0], "shifts": ["day"]}]), build.area_map(3)
    problem = with_known_waits(build.problem_of(plan, areas, 7), plan.city.crews, FIT, demand(areas))
    rule = problem.work_on("pothole").waits
    assert rule is not None
    assert rule.weekdays == (False,) * 5 + (True,) * 2


def test_requests_are_counted_on_the_days_from_which_some_may_wait(build: Any) -> None:
    pothole, flooding = (problem_with(build, FIT, waits=STATED).work_on(c).waits for c in ("pothole", "flooding"))
    assert pothole is not None
    assert set(pothole.filed.values()) == {4.0}
    assert min(pothole.filed) == date(2024, 1, 3), "Wednesday: two working days until Sunday, a third on Monday"
    assert flooding is not None
    assert min(flooding.filed) == date(2024, 1, 4)
    assert max(flooding.filed) == date(2024, 1, 7)


def test_the_line_names_the_mark_and_how_old_the_evidence_is(build: Any) -> None:
    told = waits_told(problem_with(build, FIT, waits=STATED))
    assert "on half of the pothole requests at once and on nine in ten within 3 working days (expert)" in told
    assert "flooding requests at once and on nine in ten within 2 working days (measured, " in told
    assert "evidence up to 2023-12-03)" in told


def test_a_problem_with_waits_is_read_back_as_it_was(build: Any) -> None:
    problem = problem_with(build, FIT, waits=STATED)
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_stated_waits_of_no_day_are_none(build: Any) -> None:
    problem = problem_with(build, None, waits={"days": {0: 1.0}, "basis": "measured"})
    told = waits_told(problem)
    assert told.startswith(
        "Crews can begin on all pothole requests at once (measured). On other requests they are taken"
    )
    assert dense(problem).ready is None


def test_shares_that_wait_alike_are_told_once_and_one_day_is_a_day(build: Any) -> None:
    few = problem_with(build, None, waits={"days": {0: 0.95, 6: 0.05}, "basis": "expert"})
    assert "begin on nine in ten of the pothole requests at once, on the last within 6 working days (ex" in waits_told(
        few
    )
    day = problem_with(build, None, waits={"days": {1: 1.0}, "basis": "expert"})
    assert "begin on all pothole requests within 1 working day (expert)" in waits_told(day)
    assert "Due times count from filing" in waits_told(day)


def test_where_events_wait_it_is_said_that_held_crews_answer_them_at_once(build: Any) -> None:
    held = "Crews held ready answer flooding requests at once: only regular work waits."
    assert held in waits_told(problem_with(build, FIT, waits=STATED))
    assert "held ready" not in waits_told(problem_with(build, None, waits=STATED))


def test_a_fit_that_was_not_used_is_said_and_not_called_nobody_s_measurement(build: Any) -> None:
    failed = FIT.model_copy(update={"is_calibrated": False})
    alone = waits_told(problem_with(build, None), failed)
    assert "fitted to the record (evidence up to 2023-12-03)" in alone
    assert "did not close requests as the city did" in alone
    assert alone.startswith("On all requests crews are taken to begin at once: ")
    beside = waits_told(problem_with(build, None, waits=STATED), failed)
    assert "(expert)" in beside
    assert "did not close requests as the city did" in beside
    unjudged = waits_told(problem_with(build, None), failed.model_copy(update={"is_judged": False}))
    assert "there was no record to judge a replay with them by" in unjudged
    assert "did not close" not in unjudged
    assert waits_told(problem_with(build, FIT), FIT) == waits_told(problem_with(build, FIT))


def test_stated_waits_are_doubted_and_measured_ones_are_not(build: Any) -> None:
    found = [d for d in doubts(problem_with(build, FIT, waits=STATED)) if d.figure == "waits"]
    assert [(d.of, d.given.value, d.given.basis) for d in found] == [("pothole", 1.5, "expert")]
    value, longer = found[0].times(1.3)
    rule = longer.work_on("pothole").waits
    assert rule is not None
    assert value == pytest.approx(1.95)
    assert rule.mean_days == pytest.approx(1.95)
    assert rule.days == pytest.approx({0: 0.5, 3: 0.05, 4: 0.45})
