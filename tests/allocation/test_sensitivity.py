from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.compare import roster_frame
from allocation.doubted import LARGEST, advice, doubted, is_quick
from allocation.doubts import Doubt, doubts
from allocation.given import Given
from allocation.plan import decide
from allocation.problem import Problem
from allocation.sensitivity import COLUMNS, DRAWS, Advice, in_words, sensitivity
from domain.tables import SENSITIVITY


@pytest.fixture(scope="module")
def problem(build: Any) -> Problem:
    return build.problem_of(build.city_plan(), build.area_map(4), 3)


def _of(problem: Problem, of: str) -> dict[str, Doubt]:
    return {d.figure: d for d in doubts(problem) if d.of == of}


def test_figures_that_were_measured_or_are_zero_are_not_varied(build: Any, problem: Problem) -> None:
    assert set(_of(problem, "pothole")) == {
        "service_minutes",
        "job_share",
        "requests_per_job",
        "self_found_share",
        "setup_minutes_per_shift",
        "nearby_factor",
    }
    assert "self_found_share" not in _of(problem, "flooding"), "it is 0"
    assert not _of(problem, "noise"), "no crews of ours"
    measured = build.pothole | {"service_minutes": {"value": 40, "basis": "measured"}}
    other = build.problem_of(build.city_plan(categories=[measured]), build.area_map(4), 3)
    assert "service_minutes" not in _of(other, "pothole")


def test_minutes_of_every_crew_type_go_with_the_service_minutes(problem: Problem) -> None:
    value, longer = _of(problem, "pothole")["service_minutes"].times(1.3)
    assert value == longer.work_on("pothole").service_minutes.value == pytest.approx(52)
    assert longer.work_on("pothole").minutes == pytest.approx({"patching": 52, "mixed": 65})
    assert longer.work_on("flooding") == problem.work_on("flooding")


def test_shares_stay_shares_and_readiness_figures_are_varied_too(problem: Problem) -> None:
    value, most = _of(problem, "pothole")["job_share"].times(1.3)
    assert value == most.work_on("pothole").conversion.job_share.value == 1
    _, fewer = _of(problem, "flooding")["requests_per_crew_day"].times(0.7)
    event = fewer.work_on("flooding").event
    assert event is not None
    assert event.requests_per_crew_day.value == pytest.approx(4.9)


def test_figures_of_weather_rules_absence_and_contracts_are_varied_alone(build: Any) -> None:
    slow = {"name": "cold mix", "skill": "patching", "from": "12-01", "until": "02-01"}
    hired = {"name": "Millrace", "yard": "yard 1", "crews": 1, "skills": {"patching": None}, "price": 9, "per": "tonne"}
    plan = build.city_plan(
        weather_rules=[slow | {"minutes_factor": {"value": 1.2, "basis": "expert"}}],
        rules={"absence": {"mean": {"value": 0.1, "basis": "assumed"}, "concentration": 20}},
        contractors=[
            hired
            | {"jobs_per_shift": {"value": 8, "basis": "assumed"}, "tonnes_per_job": {"value": 2, "basis": "expert"}}
        ],
    )
    problem = build.problem_of(plan, build.area_map(2), 2)
    _, slower = _of(problem, "cold mix")["minutes_factor"].times(1.3)
    _, absent = _of(problem, "absence")["mean"].times(1.3)
    _, quicker = _of(problem, "Millrace")["jobs_per_shift"].times(1.3)
    assert slower.weather_rules[0].minutes_factor.value == pytest.approx(1.56)
    assert absent.rules.absence.mean.value == pytest.approx(0.13)
    assert quicker.crew_types[-1].contract.jobs_per_shift.value == pytest.approx(10.4)
    assert _of(problem, "Millrace").keys() == {"jobs_per_shift", "tonnes_per_job"}
    for changed in (slower, absent, quicker):
        assert changed.work == problem.work
        assert Problem.model_validate_json(changed.model_dump_json()) == changed


def test_the_plan_is_made_again_for_each_figure_and_change(build: Any) -> None:
    plan = build.city_plan(
        categories=[build.pothole],
        yards=build.yards(2, {"patching": 1}),
        shifts=[build.shifts[0] | {"overtime_minutes": 120}, build.shifts[1]],
    )
    where = build.area_map(4)
    paths = build.paths_of(plan, where, 3, 30)
    given = (build.split(paths, (0.6, 0.4)), where, build.backlog_of(where, "pothole", 120, age_days=6))
    problem = build.problem_of(plan, where, 3)

    def made(other: Problem) -> Advice:
        decision = decide(Given(other, paths, *given, None, {}, 7))
        return advice(decision, decision.ready.held)

    found = sensitivity(problem, made(problem), made)
    assert list(found.table.columns) == COLUMNS
    assert len(found.table) == 2 * 6
    minutes = found.table[found.table["figure"] == "service_minutes"].set_index("changed_to")
    assert minutes.index.tolist() == pytest.approx([28, 52])
    late = minutes["late_days"].tolist()
    assert late[0] < 0 < late[1]
    assert minutes["overtime_hours"].iloc[1] >= minutes["overtime_hours"].iloc[0]
    assert found.sentence == in_words(found.table)
    same = sensitivity(problem, made(problem), lambda other: made(problem))
    assert not same.table["advice_changes"].any()
    assert same.table[["moved_crew_shifts", "overtime_hours", "late_requests", "late_days"]].eq(0).all(axis=None)


def test_the_sentence_names_the_figures_that_change_the_advice() -> None:
    table = pd.DataFrame(
        {
            "of": ["pothole"] * 4,
            "figure": ["job_share", "job_share", "nearby_factor", "nearby_factor"],
            "held_crews": [0, 0, 0, 0],
            "advice_changes": [False, False, True, True],
        }
    )
    assert "on 1 of 2 figures that nobody measured: minutes of a further job ÷ a first one’s (pothole)." in in_words(
        table
    )
    assert "stays the same" in in_words(table.assign(advice_changes=False))
    held = in_words(table.assign(advice_changes=False, held_crews=[2, 0, 0, 0]))
    assert held.endswith("Other crews would be held ready at share of requests that are jobs (pothole).")
    assert "was measured" in in_words(table.iloc[:0])


def test_the_plan_is_repeated_on_few_draws_that_stand_for_all(build: Any) -> None:
    plan, where = build.city_plan(categories=[build.pothole], yards=build.yards(2, {"patching": 1})), build.area_map(4)
    paths = build.paths_of(plan, where, 3, 4 * DRAWS)
    problem = build.problem_of(plan, where, 3)
    given = (problem, paths, build.split(paths, (0.5, 0.3, 0.2)), where, build.backlog_of(where, "pothole", 120, 6))
    found = doubted(Given(*given, None, {}, 7))
    assert SENSITIVITY.validate(found.table.assign(vintage_id="v")).shape[0] == 2 * 6
    assert set(found.table["change"]) == {-0.3, 0.3}
    pd.testing.assert_frame_equal(doubted(Given(*given, None, {}, 7)).table, found.table)
    minutes = found.table[found.table["figure"] == "service_minutes"].set_index("change")["late_days"]
    assert minutes[-0.3] < 0 < minutes[0.3], "longer jobs leave requests late for longer"


def test_the_advice_changes_where_the_published_roster_is_dearer_not_where_crews_move(build: Any) -> None:
    """A roster without crews always loses some money; only figures at which it loses more than as stated count."""
    plan, where = build.city_plan(categories=[build.pothole], yards=build.yards(2, {"patching": 1})), build.area_map(4)
    paths = build.paths_of(plan, where, 3, 24)
    problem = build.problem_of(plan, where, 3)
    split = build.split(paths, (0.5, 0.3, 0.2))
    given = Given(problem, paths, split, where, build.backlog_of(where, "pothole", 120, 6), None, {}, 7)
    own = roster_frame(decide(given))
    nobody = own.assign(crews=0, overtime_hours=0.0)
    table = doubted(given, published=nobody).table
    minutes = table[table["figure"] == "service_minutes"].set_index("change")["dearer"]
    assert minutes[-0.3] != minutes[0.3], "what crews are worth hangs on how long a job takes"
    assert table["advice_changes"].any()
    assert (table["crew_shifts"] == 0).all()
    assert (table["moved_crew_shifts"] > 0).all(), "moves alone are no other advice"
    assert not table["advice_changes"].all()
    price = {"cost": 1e6, "gain": 0.0, "posting_days": 0}
    dear = problem.model_copy(update={"change": problem.change.model_copy(update=price)})
    calm = doubted(replace(given, problem=dear), published=nobody).table
    assert (calm["moved_crew_shifts"] > 0).any()
    assert not calm["advice_changes"].any(), "no change is worth its price"
    same = doubted(given, published=own).table
    least = problem.change.gain + problem.change.cost * 2 * same["moved_crew_shifts"]
    assert (same["advice_changes"] == (same["dearer"] > np.maximum(least, 1.0))).all()


def test_a_large_problem_is_not_repeated_in_a_daily_run(problem: Problem) -> None:
    assert is_quick(problem)
    times = LARGEST // (len(problem.areas) * len(problem.stationed)) + 1
    assert not is_quick(problem.model_copy(update={"dates": problem.dates[:1] * times}))
