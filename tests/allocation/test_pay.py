from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from allocation.dense import dense
from allocation.given import Given
from allocation.plan import allocate
from allocation.problem import Problem
from allocation.roster_cost import contract_money, overtime_money
from domain.crew_rules import Contractor
from domain.errors import ConfigError

HIRED: dict[str, Any] = {
    "name": "Millrace",
    "yard": "yard 2",
    "crews": 2,
    "skills": {"patching": 40},
    "from": "01-10",
    "until": "03-31",
    "notice_days": 2,
    "mobilisation_fee": 300,
    "minimum_order_jobs": 16,
    "price": 90,
    "per": "tonne",
    "tonnes_per_job": {"value": 0.5, "basis": "measured"},
    "jobs_per_shift": {"value": 8, "basis": "expert"},
}


def _dense(build: Any, days: int = 4, holidays: dict[date, str] | None = None, **crews: Any) -> Any:
    return dense(build.problem_of(build.city_plan(**crews), build.area_map(2), days, holidays))


def test_standby_pay_is_part_of_what_the_standby_level_costs(build: Any) -> None:
    problem = _dense(build, rules={"pay": {"standby_per_crew_hour": 10}}).problem
    costs = {level.name: level.cost for level in problem.work_on("flooding").event.levels}
    assert costs == {"normal": 0, "standby": 180 + 7 * 10, "call-in": 700, "storm": 1900}


def test_overtime_on_a_holiday_is_paid_at_its_rate(build: Any) -> None:
    every_day = [s | {"on_holidays": True, "overtime_minutes": 120} for s in build.shifts]
    d = _dense(build, 2, {date(2024, 1, 9): "a holiday"}, shifts=every_day, rules={"pay": {"holiday_factor": 2}})
    hours = np.zeros((2, 3, 2, 3))
    hours[:, 0, 0, 0] = [1, 1]
    assert overtime_money(d, hours) == pytest.approx(120 * 1.5 * (1 + 2))


def test_a_paid_minimum_is_paid_for_each_crew_called_in(build: Any) -> None:
    shifts = [s | {"overtime_minutes": 60} for s in build.shifts]
    d = _dense(build, 1, shifts=shifts, rules={"pay": {"minimum_call_out_minutes": 90}})
    hours = np.zeros((1, 3, 2, 3))
    hours[0, 0, 0, 0] = 2  # two crews, one hour each, paid for an hour and a half
    assert overtime_money(d, hours) == pytest.approx(120 * 1.5 * 3)


def test_a_contractor_is_stationed_in_its_season_after_its_notice_on_days_the_yard_works(build: Any) -> None:
    problem = _dense(build, 8, contractors=[HIRED]).problem
    assert problem.stationed[-1].crews == (0, 0, 2, 2, 2, 0, 0, 2)
    late = _dense(build, 8, contractors=[HIRED | {"notice_days": 5}]).problem
    assert late.stationed[-1].crews == (0, 0, 0, 0, 2, 0, 0, 2), "ordered on the 7th, from the 12th"
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_a_contractor_is_paid_by_the_job_or_by_the_tonne(build: Any) -> None:
    d = _dense(build, contractors=[HIRED])
    crews = np.zeros((4, 3, 2, 4), dtype=np.int64)
    assert contract_money(d, crews) == 0
    crews[2, 0, 1, 3] = 2
    assert contract_money(d, crews) == pytest.approx(300 + 2 * 8 * 0.5 * 90)
    per_job = _dense(build, contractors=[HIRED | {"per": "job"}])
    assert contract_money(per_job, crews) == pytest.approx(300 + 2 * 8 * 90)


def test_a_plan_hires_where_work_is_late_and_shows_the_hours(build: Any) -> None:
    plan = build.city_plan(
        categories=[build.pothole],
        yards=build.yards(2, {"patching": 1}),
        contractors=[HIRED | {"from": "01-01", "notice_days": 0, "price": 20}],
        rules={"absence": {"mean": {"value": 0.1, "basis": "assumed"}, "concentration": 20}},
    )
    where = build.area_map(4)
    paths = build.paths_of(plan, where, 4, 30)
    given = (paths, build.split(paths, (0.5, 0.3, 0.2)), where, build.backlog_of(where, "pothole", 200, age_days=6))
    found = allocate(Given(build.problem_of(plan, where, 4), *given, None, {}, 7))
    hired = found.roster[found.roster["crew_type"] == "Millrace"]
    assert hired["contractor_hours"].sum() > 0
    np.testing.assert_allclose(
        hired["contractor_hours"], hired["crews"] * np.where(hired["shift"] == "day", 7, 400 / 60)
    )
    assert hired["reason"].str.startswith("contractor: ").all()
    assert (found.roster.query("crew_type != 'Millrace'")["contractor_hours"] == 0).all()
    assert found.dispatch.query("crew_type == 'Millrace'")["expected_served"].sum() > 0


def test_a_price_per_tonne_needs_tonnes() -> None:
    with pytest.raises(ValidationError, match="needs tonnes_per_job"):
        Contractor.model_validate({k: v for k, v in HIRED.items() if k != "tonnes_per_job"})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"contractors": [HIRED | {"yard": "nowhere"}]}, "'Millrace'.*'nowhere'"),
        ({"contractors": [HIRED | {"name": "patching"}]}, "'patching' has the name"),
        ({"contractors": [HIRED, HIRED]}, "'Millrace' has the name"),
        ({"contractors": [HIRED | {"skills": {"paving": None}}]}, "'Millrace'.*paving"),
        ({"rules": {"equipment": [{"name": "jetter", "crew_types": ["divers"], "number": 1}]}}, "'jetter'.*'divers'"),
        ({"rules": {"minimum_service": [{"category": "noise", "share": 0.5}]}}, "minimum_service.*'noise'"),
        ({"rules": {"working_time": {"longest_week_hours": 6}}}, "'day' lasts 8 h.*longest_week_hours 6"),
        ({"rules": {"working_time": {"minimum_rest_hours": 16}}}, "'evening'.*9 h.*minimum_rest_hours 16"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_named_with_its_remedy(build: Any, change: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        build.problem_of(build.city_plan(**change), build.area_map(2), 2)
    assert caught.value.remedy
