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
