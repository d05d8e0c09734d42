"""What a contractor was ordered for by an earlier plan comes, though it is too late to order it now."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.crew_changes import CrewChange, with_crews
from allocation.dense import dense
from allocation.orders import with_orders
from allocation.possible import check_possible
from allocation.problem import Order, Problem
from allocation.roster_checks import checker
from allocation.roster_cost import contract_money
from allocation.solve import solve
from allocation.without_work import without_work
from domain.errors import LockError, NoRosterError
from domain.lock import Lock

FIRM: dict[str, Any] = {
    "name": "Millrace", "yard": "yard 2", "crews": 2, "price": 50, "skills": {"patching": 40}, "notice_days": 4,
    "jobs_per_shift": {"value": 8, "basis": "expert"}, "minimum_order_jobs": 24, "mobilisation_fee": 300,
}  # fmt: skip
SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2024, 1, 7 + i) for i in range(5))


def _problem(build: Any, *locks: Lock, days: int = 5, **terms: Any) -> Problem:
    plan = build.city_plan(contractors=[FIRM | terms], locks=[lock.model_dump(exclude_none=True) for lock in locks])
    problem: Problem = build.problem_of(plan, build.area_map(2), days)
    return problem


def _roster(*rows: tuple[date, int], shift: str = "day", name: str = "Millrace") -> pd.DataFrame:
    days = pd.to_datetime([day for day, _ in rows])
    columns = {"date": days, "shift": shift, "yard": "yard 2", "crew_type": name, "crews": [n for _, n in rows]}
    return pd.DataFrame(columns)


def _crews(problem: Problem) -> tuple[int, ...]:
    return problem.stationed[-1].crews


def test_without_an_earlier_order_nobody_comes_before_the_notice_is_over(build: Any) -> None:
    problem = _problem(build)
    assert _crews(problem) == (0, 0, 0, 2, 2)
    assert with_orders(problem, _roster((THURSDAY, 2))).orders == (), "what can be called off still is no order yet"
    assert "orders" not in problem.model_dump(), "problems without orders are written as before"


def test_crews_ordered_in_time_come_on_the_dates_that_are_too_near_to_order(build: Any) -> None:
    problem = with_orders(_problem(build), _roster((TUESDAY, 1), (WEDNESDAY, 2), (THURSDAY, 2)))
    assert _crews(problem) == (0, 1, 2, 2, 2)
    d = dense(problem)
    at = d.low[:, 0, 1, -1]
    np.testing.assert_array_equal(at, [0, 1, 2, 0, 0])
    roster = solve(d, without_work(d))
    assert roster.crews[1:3, 0, 1, -1].tolist() == [1, 2], "though nothing is there to do"
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_a_running_order_pays_no_second_fee_and_counts_to_its_smallest_order(build: Any) -> None:
    fresh = with_orders(_problem(build), _roster((WEDNESDAY, 1)))
    earlier = (Order(crew_type="Millrace", jobs=8),)
    worked = with_orders(_problem(build), _roster((SUNDAY, 1), (WEDNESDAY, 1)), earlier)
    assert [one.orders[0].jobs for one in (fresh, worked)] == [0, 16]
    crews = np.zeros((5, 3, 2, 4), dtype=np.int64)
    crews[2, 0, 1, 3] = 1
    plain, running = dense(_problem(build)), dense(worked)
    assert contract_money(plain, crews) == pytest.approx(300 + 8 * 50)
    assert contract_money(running, crews) == pytest.approx(8 * 50)
    hours = np.zeros(crews.shape)
    assert checker(without_work(running))(crews, hours), "16 jobs were done, the last 8 fill the order"
    assert not checker(without_work(dense(fresh)))(crews, hours), "8 of 24 jobs"
    crews[3, 0, 1, 3] = 2
    assert checker(without_work(dense(fresh)))(crews, hours)


def test_a_smallest_order_that_time_no_longer_holds_stops_no_plan(build: Any) -> None:
    problem = with_orders(_problem(build, days=3), _roster((WEDNESDAY, 1)))
    d = dense(problem)
    assert solve(d, without_work(d)).crews[2, 0, 1, 3] == 1


def test_an_order_that_a_rule_bars_by_now_is_named_before_anything_is_trained(build: Any) -> None:
    rules = {"equipment": [{"name": "paver", "crew_types": ["Millrace"], "number": 1}]}
    plan = build.city_plan(contractors=[FIRM], rules=rules)
    problem = with_orders(build.problem_of(plan, build.area_map(2), 5), _roster((WEDNESDAY, 2)))
    with pytest.raises(NoRosterError, match=r"paver on 2024-01-10.*orders kept.*Millrace at yard 2 on 2024-01-10"):
        check_possible(problem)


def test_an_order_that_is_done_is_over(build: Any) -> None:
    earlier = (Order(crew_type="Millrace", jobs=24),)
    assert with_orders(_problem(build), _roster((SUNDAY, 2)), earlier).orders == ()


def test_shifts_that_are_worked_no_longer_and_other_crews_are_no_order(build: Any) -> None:
    for roster in (_roster((WEDNESDAY, 1), shift="night"), _roster((WEDNESDAY, 1), name="patching")):
        assert with_orders(_problem(build), roster).orders == ()


def test_crews_asked_for_or_taken_away_change_no_day_that_is_ordered(build: Any) -> None:
    problem = with_orders(_problem(build), _roster((WEDNESDAY, 1)))
    for number, left in ((1, (0, 0, 1, 3, 3)), (-2, (0, 0, 1, 0, 0))):
        asked, _ = with_crews(problem, CrewChange("yard 2/Millrace", number), {})
        assert _crews(asked) == left
        dense(asked)


def test_a_lock_before_the_notice_is_over_names_the_notice(build: Any) -> None:
    slot = {"date": TUESDAY, "shift": "day", "yard": "yard 2", "crew_type": "Millrace", "crews": 1}
    with pytest.raises(LockError, match="'yard 2' has 0 on 2024-01-09") as caught:
        check_possible(_problem(build, Lock.model_validate(slot)))
    assert caught.value.remedy.endswith("its notice of 4 days")


@pytest.mark.parametrize("lock", [{"crews": 0}, {"forbidden": True}])
def test_a_lock_calls_an_order_off(build: Any, lock: dict[str, Any]) -> None:
    slot = {"date": WEDNESDAY, "shift": "day", "yard": "yard 2", "crew_type": "Millrace"}
    problem = with_orders(_problem(build, Lock.model_validate(slot | lock)), _roster((WEDNESDAY, 1)))
    assert (dense(problem).low[..., -1] == 0).all()


def test_a_lock_that_an_order_fulfils_holds_when_its_notice_is_over(build: Any) -> None:
    slot = {"date": WEDNESDAY, "shift": "day", "yard": "yard 2", "crew_type": "Millrace", "crews": 1}
    problem = with_orders(_problem(build, Lock.model_validate(slot)), _roster((WEDNESDAY, 1), (THURSDAY, 2)))
    check_possible(problem)
    assert dense(problem).low[2, 0, 1, 3] == 1
