from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.budget.fiscal import periods, whole_quarters
from allocation.budget.money import contractor_cost
from allocation.budget.search import case_of, cheapest, efficient, search, try_mixes, window_of
from allocation.budget.terms import resolve_terms
from allocation.budget.trim import Goal
from domain.errors import ConfigError
from domain.progress import silent


@pytest.fixture(scope="module")
def case(made):
    pool, terms, _, _ = made.ingredients()
    return case_of(pool, terms, window_of(pool, terms, whole_quarters(made.AS_OF, 2, "07-01"), 0.9))


def test_more_crews_never_cost_less_in_wages(case):
    mixes = [(a, b) for a in range(5) for b in range(5)]
    wages = {t.mix: t.costs.wages.sum() + t.costs.trucks.sum() for t in try_mixes(case, mixes)}
    for a, b in mixes[:-1]:
        for more in ((a + 1, b), (a, b + 1)):
            if more in wages:
                assert wages[more] > wages[a, b]


def test_crews_on_snow_duty_are_paid_once(case):
    here = try_mixes(case, [(2, 2)])[0]
    snowless = replace(case, pool=replace(case.pool, duty=np.ones_like(case.pool.duty)))
    there = try_mixes(snowless, [(2, 2)])[0]
    np.testing.assert_allclose(here.costs.hours, there.costs.hours)
    np.testing.assert_allclose(here.costs.wages, there.costs.wages)
    assert here.costs.snow_hours[0].sum() > 0
    assert (here.costs.snow_hours <= here.costs.hours + 1e-9).all()
    assert there.costs.snow_hours.sum() == here.costs.snow_hours[1].sum() == 0


def test_seasonal_crews_of_a_snow_duty_type_are_on_snow_duty_as_much_as_the_others(case):
    """One permanent patching crew and the winter's seasonal one, on each day of the season."""
    paid = try_mixes(case, [(1, 1)])[0]
    season = paid.people.seasonal[0] > 0
    worked = case.pool.works.sum(axis=1)[:, 0]
    away = np.array([case.pool.weight[~case.pool.duty[h, 0]].sum() for h in range(len(case.pool.dates))])
    wanted = np.bincount(case.pool.place, worked * away * season, len(case.pool.periods))
    assert wanted.sum() > 0.5
    np.testing.assert_allclose(paid.costs.seasonal_snow_days[0], wanted)


def test_paid_hours_are_crews_times_days_times_hours(case):
    tried = try_mixes(case, [(1, 1)])[0]
    weekdays = sum(d.weekday() < 5 for d in case.pool.dates)
    assert tried.costs.hours[0].sum() == pytest.approx(weekdays * 8)
    edges = {12: (15, 31), 1: (1, 31), 2: (1, 15)}
    season = [d for d in case.pool.dates if d.month in edges and edges[d.month][0] <= d.day <= edges[d.month][1]]
    winter = sum(d.weekday() < 5 for d in season)
    assert tried.costs.seasonal_days.sum() == pytest.approx(winter)
    assert tried.costs.seasonal.sum() == pytest.approx(winter * (8 * 70 * 1.3 + 100))


def test_a_contractor_is_paid_fee_and_minimum_in_months_with_jobs_only(case):
    jobs = np.zeros((1, 2, len(case.pool.periods), 2))
    jobs[0, 0, 1], jobs[0, 0, 2] = 2.0, 20.0
    (contractor,) = case.terms.contractors
    paid = contractor_cost(case.pool, case.terms, contractor, jobs)
    np.testing.assert_allclose(paid[:4, 0], [0, 500 + 5 * 180, 500 + 20 * 180, 0])


def split_in_january(case):
    """The same days in a fiscal year that begins on 15 January: that month lies in two quarters."""
    found, place = periods(case.pool.dates, "01-15")
    pool = replace(case.pool, periods=found, place=tuple(place))
    return replace(case, pool=replace(pool, standby=np.zeros((len(found), len(pool.weight)))))


def test_a_month_in_two_fiscal_quarters_pays_fee_and_minimum_order_once(case):
    pool = split_in_january(case).pool
    (contractor,) = case.terms.contractors
    first, second = (i for i, p in enumerate(pool.periods) if p.month == "2025-01")
    jobs = np.zeros((1, 2, len(pool.periods), 4))
    jobs[0, 0, first], jobs[0, 0, second] = [2.0, 1.0, 0.3, 0.1], [0.0, 3.0, 0.3, 0.2]
    paid = contractor_cost(pool, case.terms, contractor, jobs)
    np.testing.assert_allclose(paid[first], [500 + 5 * 180, (500 + 5 * 180) / 4, (500 + 5 * 180) / 2, 18])
    np.testing.assert_allclose(paid[second], [0, (500 + 5 * 180) * 3 / 4, (500 + 5 * 180) / 2, 36])
    assert paid.sum() == pytest.approx(3 * (500 + 5 * 180) + 54)


def test_the_answer_is_the_fewest_and_the_cheapest_of_all_mixes_tried(case):
    known = search(case, silent)
    few = Goal(case.window.judged, 0.8).best(case, known.values())
    cheap = cheapest(case, known.values(), 0.8)
    fit = [t for t in known.values() if t.chance >= 0.8]
    assert few.size == min(t.size for t in fit)
    assert case.mean_cost(cheap) == min(case.mean_cost(t) for t in fit)
    front = efficient(case, known.values())
    shares = [case.score(t)[1] for t in front]
    assert shares == sorted(shares)
    assert all(t.mix in known for t in front)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"crews": {"paving": {}}}, "no crew type 'paving'"),
        ({"crews": {"patching": {"authorised": 4, "vacant": 1}}}, "4 authorised less 1 vacant"),
        ({"contractors": [{"name": "X", "price_per_job": {"noise": 5}}]}, "no category that crews work 'noise'"),
        (
            {"seasonal": [{"name": "s", "crew_type": "gritter", "crews": 1, "from": "12-01", "until": "03-01"}]},
            "gritter",
        ),
    ],
)
def test_an_entry_that_does_not_fit_the_city_is_named(made, case, change, said):
    town = made.plan(budget=change)
    with pytest.raises(ConfigError, match=said):
        resolve_terms(town, case.pool.dense.problem)


def test_a_city_without_the_section_gets_its_crews_cost_per_hour_marked_assumed(made, case):
    terms = resolve_terms(made.plan(budget={}), case.pool.dense.problem)
    wage = next(i for i in terms.inputs if i.key == "patching.wage")
    assert (wage.value, wage.basis) == (100, "assumed")
    assert "cost_per_hour" in wage.name
