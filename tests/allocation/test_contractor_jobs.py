"""A contractor is paid for so many jobs a crew and shift, and does no more of them wherever its crews are played."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocation.binding import binding_words
from allocation.constraints import columns
from allocation.dense import Dense, dense
from allocation.dispatch import Crewing, late_cost, simulate
from allocation.given import Given
from allocation.plan import decide
from allocation.roster_cost import is_hired
from allocation.rule_constraints import jobs_within_order
from allocation.solve import solve
from allocation.work import buckets
from tests.allocation.ruled import holds, ruled

FIRM: dict[str, Any] = {
    "name": "Millrace", "yard": "yard 2", "crews": 2, "price": 20, "skills": {"patching": 40, "drainage": 60},
    "jobs_per_shift": {"value": 2, "basis": "expert"},
}  # fmt: skip
DRAWS, DAYS, AREAS = 3, 2, 4


def _city(build: Any, **terms: Any) -> tuple[Dense, np.ndarray, np.ndarray]:
    """A city whose work only the contractor can do, the minutes of its crews by slot, and open jobs of both kinds."""
    d = dense(build.problem_of(build.city_plan(contractors=[FIRM | terms]), build.area_map(AREAS), DAYS))
    opening = np.zeros((len(d.work), AREAS, buckets(d)))
    opening[:, :, 0] = [[0.7], [0.4]]
    opening[0, :, 3] = 30.0
    regular = np.zeros((*d.worked.shape, len(d.skilled), DRAWS))
    regular[:, 0, 1, is_hired(d)] = d.net_minutes[0, is_hired(d)] * np.array([0, 1, 2])
    return d, regular, opening


def _served(d: Dense, regular: np.ndarray, opening: np.ndarray, pace: Any = None) -> Any:
    filed = np.zeros((len(d.work), AREAS, DAYS, len(d.minutes), DRAWS))
    return simulate(d, Crewing(regular, regular * 0, pace), opening, filed, np.full(DRAWS, 1 / DRAWS))


@pytest.mark.parametrize("terms", [{}, {"per": "tonne", "tonnes_per_job": {"value": 3, "basis": "expert"}}])
def test_in_every_draw_the_crews_who_come_do_the_jobs_paid_for_over_all_their_skills(build: Any, terms: Any) -> None:
    d, regular, opening = _city(build, **terms)
    out = _served(d, regular, opening)
    np.testing.assert_allclose(out.served.sum(axis=(0, 1)), [[0, 2, 4]] * DAYS, atol=1e-9)
    assert (out.served.sum(axis=(1, 2)) > 0)[:, 1:].all(), "of both skills, the most urgent first"
    assert (out.minutes.sum(axis=4) <= regular).all()
    np.testing.assert_array_equal(out.ordered_done[:, 0, 1, is_hired(d)][:, 0], [[False, True, True]] * DAYS)


def test_minutes_bind_where_they_hold_fewer_jobs_than_are_paid_for(build: Any) -> None:
    d, regular, opening = _city(build, jobs_per_shift={"value": 500, "basis": "expert"})
    out = _served(d, regular, opening)
    plain = _city(build, jobs_per_shift={"value": 10**9, "basis": "expert"})
    np.testing.assert_array_equal(out.served, _served(*plain).served)
    np.testing.assert_allclose(out.minutes.sum(axis=4), regular)
    assert not out.ordered_done.any()


def test_weather_that_slows_the_work_leaves_the_order_as_it_is(build: Any) -> None:
    d, regular, opening = _city(build)
    pace = np.full((DAYS, len(d.skilled), len(d.work), DRAWS), 0.5)
    out, fair = _served(d, regular, opening, pace), _served(d, regular, opening)
    np.testing.assert_allclose(out.served.sum(axis=(0, 1)), fair.served.sum(axis=(0, 1)))
    assert out.minutes[..., 2].sum() == pytest.approx(2 * fair.minutes[..., 2].sum())


def test_what_rosters_are_judged_by_knows_the_order_too(build: Any) -> None:
    """One crew paid for four jobs leaves as much late as two paid for two each."""
    money = []
    for jobs in (2, 4):
        d, regular, opening = _city(build, jobs_per_shift={"value": jobs, "basis": "expert"})
        filed = np.zeros((len(d.work), AREAS, DAYS, len(d.minutes), DRAWS))
        money.append(late_cost(d, Crewing(regular, regular * 0), opening, filed, 0))
    few, more = money
    assert few[0] == more[0], "no crew came"
    assert (few[1:] > more[1:]).all()
    assert few[2] == pytest.approx(more[1])


def test_the_solver_counts_on_no_more_than_the_order_in_any_scenario(build: Any) -> None:
    firm = FIRM | {"yard": "y", "skills": {"patching": 40}}
    s = ruled(build, days=2, contractors=[firm])
    c = columns(s)
    rows = jobs_within_order(s, c)
    hired = np.isin(s.source[:, 3], s.hired)
    assert len(rows.lower) == hired.sum() * len(s.weight)
    crews = np.where(hired, 1, 0)
    jobs = np.where(hired[s.link[:, 0]], 2.0, 9.0)[None]
    assert holds(rows, c, crews=crews, jobs=jobs).all()
    assert not holds(rows, c, crews=crews, jobs=jobs + 0.1).any()
    assert not holds(rows, c, crews=crews * 0, jobs=jobs).any()


def test_a_contractor_is_left_out_where_its_price_a_job_is_above_what_the_job_saves(build: Any) -> None:
    """One job for the price of a shift: were it to do all that its minutes hold, it would be a bargain."""
    one = FIRM | {"yard": "y", "skills": {"patching": 40}, "jobs_per_shift": {"value": 1, "basis": "expert"}}
    orders = {
        price: solve(s.dense, s).crews[..., 1].sum()
        for price in (100, 12_000)
        for s in [ruled(build, crews=1, cost=1000, contractors=[one | {"price": price}])]
    }
    assert orders[100] > 0
    assert orders[12_000] == 0


def test_a_plan_orders_serves_and_explains_no_more_than_is_paid_for(build: Any) -> None:
    """Two jobs a shift at a price that pays: what is published serves two a crew, and says that the order is done."""
    plan = build.city_plan(contractors=[FIRM], yards=build.yards(2, {"patching": 1, "drainage": 1}))
    where = build.area_map(AREAS)
    paths = build.paths_of(plan, where, DAYS, 12, 2.0)
    problem, split = build.problem_of(plan, where, DAYS), build.split(paths, (0.6, 0.4, 0.0))
    backlog = build.backlog_of(where, "pothole", 60, age_days=9)
    made = decide(Given(problem, paths, split, where, backlog, None, {}, 7))
    crews = made.chosen.roster.crews[..., is_hired(made.dense)].sum()
    served = made.outcome.served_by_area[:, :, :, is_hired(made.dense)].sum()
    assert crews > 0
    assert served == pytest.approx(2 * crews)
    assert any("Millrace at yard 2: jobs ordered done or minutes used up in 100%" in w for w in binding_words(made))
