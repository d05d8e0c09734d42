"""A smallest order that no plan can reach in its season is refused before anything is planned."""

from __future__ import annotations

from typing import Any

import pytest

from allocation.contract_checks import most_days
from allocation.problem_checks import check_plan
from domain.errors import ConfigError

FIRM: dict[str, Any] = {
    "name": "Millrace", "yard": "yard 2", "crews": 2, "skills": {"patching": 40}, "price": 50,
    "jobs_per_shift": {"value": 8, "basis": "assumed"},
}  # fmt: skip
TWO_WEEKS = 14


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ({}, 10),
        ({"notice_days": 1}, 10),
        ({"notice_days": 4}, 9),
        ({"notice_days": 30}, 0),
        ({"from": "12-30", "until": "01-02"}, 4),
        ({"from": "02-01", "until": "02-12", "notice_days": 4}, 9),
    ],
)
def test_an_order_of_all_days_that_a_plan_can_have_is_the_largest(build: Any, terms: dict[str, Any], days: int) -> None:
    """Day and evening shifts on weekdays, the night shift on none: one shift a crew and day."""
    plan = build.city_plan(contractors=[FIRM | terms])
    assert most_days(plan.city.crews.contractors[0], plan.city.crews, TWO_WEEKS) == days
    if days:
        check_plan(build.city_plan(contractors=[FIRM | terms | {"minimum_order_jobs": 16 * days}]), _dates(build))
    with pytest.raises(ConfigError, match=r"'Millrace': its minimum_order_jobs \d+ can never be reached") as told:
        check_plan(build.city_plan(contractors=[FIRM | terms | {"minimum_order_jobs": 16 * days + 1}]), _dates(build))
    assert f"give a minimum_order_jobs of {16 * days} or less" in told.value.remedy


def test_a_contractor_without_a_smallest_order_may_have_any_notice(build: Any) -> None:
    check_plan(build.city_plan(contractors=[FIRM | {"notice_days": 99}]), _dates(build))


def _dates(build: Any) -> Any:
    return build.problem_of(build.city_plan(), build.area_map(2), 3).dates
