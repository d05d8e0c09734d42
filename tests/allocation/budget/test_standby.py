"""Readiness in the budget: the levels that each day calls for, paid once, in the total and on the sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.budget.pool import pattern
from allocation.budget.search import try_mixes
from allocation.budget.standby import level_pay, standby_pay
from allocation.dense import dense
from allocation.readiness import best_level
from domain.category import Category
from serving.budget.cost_sheet import rows_of, value_of

DAYS, DRAWS = 14, 10


def _event(build: Any) -> Any:
    return Category.model_validate(build.flooding).event


def test_each_day_pays_for_the_level_that_the_daily_plan_would_take_knowing_its_requests(build: Any) -> None:
    rule = _event(build).model_copy(update={"minimum_gain": 60})
    requests = np.random.default_rng(3).gamma(0.4, 12.0, (DAYS, DRAWS))
    everyday = float(np.quantile(requests, 0.75))
    pay = level_pay(rule, requests)
    for day, draw in np.ndindex(DAYS, DRAWS):
        choice = best_level(rule, requests[day, draw : draw + 1], np.ones(1), everyday, 99)
        assert pay[day, draw] == rule.levels[choice.level].cost
    assert len(np.unique(pay)) > 2


@pytest.mark.parametrize(("absence", "away"), [(0.0, False), (0.6, False), (0.0, True), (0.6, True)])
def test_held_crews_count_by_the_share_that_is_there_as_in_the_daily_plan(
    build: Any, absence: float, away: bool
) -> None:
    """Snow takes the crews of one draw, absence a share of all: the level is `best_level`'s at those that come."""
    plan = build.city_plan(absence_share=absence, yards=build.yards(1, {"drainage": 9}))
    d = dense(build.problem_of(plan, build.area_map(1), DAYS))
    requests = {w.category: np.zeros((DAYS, 3, 2)) for w in d.work}
    requests["flooding"][1, 0] = 60.0
    duty = np.ones((DAYS, len(d.problem.crew_types), 2), dtype=bool)
    duty[1, :, 0] = not away
    share = {w.category: np.ones(1) for w in d.work}
    pay = standby_pay(d, requests, share, pattern(d), [0] * DAYS, 1, duty)[0]
    rule = next(w.event for w in d.work if w.event is not None)
    crews = np.arange(1.0 + max(level.crews for level in rule.levels))
    for draw in range(2):
        come = crews[:, None] * (1 - absence) * duty[1, 0, draw]
        choice = best_level(rule, np.array([60.0]), np.ones(1), 0.0, 99, come=come)
        assert pay[draw] == rule.levels[choice.level].cost
    assert (pay[0] == 0) == away
    if not absence and not away:
        by_hand = level_pay(rule, requests["flooding"].sum(axis=1))
        np.testing.assert_array_equal(pay, by_hand.sum(axis=0))


def test_it_is_paid_on_days_when_crews_that_can_do_it_work_and_by_district(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(4)
    d = dense(build.problem_of(plan, areas, DAYS))
    requests = {w.category: np.zeros((DAYS, 3, DRAWS)) for w in d.work}
    requests["flooding"][[1, 5], 0] = 40.0  # a Tuesday and a Saturday, on which no yard works
    share = {w.category: np.array([1.0, 1.0, 0.0, 0.0]) for w in d.work}
    place = [0] * 7 + [1] * 7
    one = standby_pay(d, requests, share, pattern(d), place, 2)
    districts = {a.district for a in d.problem.areas}
    assert len(districts) == 2
    event = next(w.event for w in d.work if w.event is not None)
    inside = [a.district for a in d.problem.areas][:2]
    split = np.array([inside.count(name) / 2 for name in sorted(districts)])
    by_hand = sum(float(level_pay(event, np.eye(DAYS)[:, 1:2] * 40.0 * part)[1, 0]) for part in split)
    assert by_hand > 0
    np.testing.assert_allclose(one, [[by_hand] * DRAWS, [0.0] * DRAWS])


def test_it_is_in_the_total_of_every_mix_and_a_line_of_the_sheet(made: Any) -> None:
    study = made.made_study()
    assert study.case.pool.standby.sum() == 0, "no event work in this town"
    paid = np.full_like(study.case.pool.standby, 700.0)
    case = replace(study.case, pool=replace(study.case.pool, standby=paid))
    (before,), (after,) = (try_mixes(c, [study.now.mix]) for c in (study.case, case))
    periods = len(case.window.within)
    assert case.mean_cost(after) - study.case.mean_cost(before) == pytest.approx(700 * periods)
    now = replace(study, case=case)
    rows = rows_of(now, after)
    assert sum(r.outside for r in rows if r.what == "readiness") == pytest.approx(700 * periods)
    assert sum(value_of(now, r)[15] for r in rows) == pytest.approx(case.mean_cost(after), rel=1e-6)
