from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.budget.fiscal import whole_quarters
from allocation.budget.pool import absences
from allocation.budget.queue import Firms, Staffing, due_jobs, run
from allocation.budget.search import case_of, try_mixes, window_of
from allocation.budget.service import in_time


def flat(pool, *crews: int) -> Staffing:
    return Staffing(np.repeat(np.array([crews]), len(pool.dates), axis=0))


def one_firm(pool, jobs: float) -> Firms:
    """It takes both kinds of work, so many jobs a day in all."""
    return Firms(np.full((len(pool.dates), 1), jobs), np.array([[185.0, 340.0]]))


@pytest.fixture(scope="module")
def pool(made):
    return made.ingredients()[0]


def test_no_job_is_lost_or_made(pool):
    course = next(run(pool, [replace(flat(pool, 2, 2), overtime=True, firms=one_firm(pool, 0.5))]))
    came = pool.opening.sum(axis=1) + pool.arrivals.sum(axis=(0, 1))
    gone = course.served.sum(axis=(0, 1)) + course.contracted.sum(axis=(0, 1, 2)) + course.end.sum(axis=0)
    np.testing.assert_allclose(gone, came.sum(axis=0), rtol=1e-9)


def test_what_is_late_was_due_and_no_more(pool):
    course, due = next(run(pool, [flat(pool, 1, 1)])), due_jobs(pool)
    assert (course.late <= due + 1e-9).all()
    idle = next(run(pool, [flat(pool, 0, 0)]))
    np.testing.assert_allclose(idle.late, due, atol=1e-9)


@settings(max_examples=15)
@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 1))
def test_one_more_crew_is_never_later(made, patching, drainage, which):
    pool = made.ingredients()[0]
    more = [patching + (which == 0), drainage + (which == 1)]
    before, after = run(pool, [flat(pool, patching, drainage), flat(pool, *more)])
    assert (after.late.sum(axis=1) <= before.late.sum(axis=1) + 1e-6).all()
    assert after.late_days.sum() <= before.late_days.sum() + 1e-6


def test_staffings_run_together_come_to_the_same_as_alone(pool):
    crews = [flat(pool, a, b) for a in (0, 1, 3) for b in range(5)]
    together = list(run(pool, crews))
    for staffing, course in zip(crews, together, strict=True):
        np.testing.assert_array_equal(next(run(pool, [staffing])).late, course.late)


def test_snow_takes_the_crews_that_plough_on_the_draws_where_it_falls(pool):
    assert not pool.duty[:, 0].all()
    assert pool.duty[:, 1].all()
    snowless = replace(pool, duty=np.ones_like(pool.duty))
    with_snow, without = (next(run(p, [flat(p, 2, 2)])) for p in (pool, snowless))
    assert with_snow.late[0].sum() > without.late[0].sum()
    np.testing.assert_array_equal(with_snow.late[1], without.late[1])


def test_weather_that_stops_work_stops_it_in_the_year_and_slow_days_serve_less(pool):
    shape = (len(pool.dates), 2, 2, len(pool.weight))
    served = []
    for pace in (1.0, 0.5, 0.0):
        slowed = np.ones(shape)
        slowed[:, 0] = pace
        course = next(run(replace(pool, pace=slowed), [flat(pool, 1, 1)]))
        served.append(course.served.sum(axis=(1, 2)))
    plain = next(run(pool, [flat(pool, 1, 1)])).served.sum(axis=(1, 2))
    np.testing.assert_allclose(served[0], plain)
    assert served[2][0] < 1e-3 * served[0][0] < served[1][0] < served[0][0]
    np.testing.assert_allclose(served[2][1], plain[1], rtol=1e-9)


def test_crews_of_one_yard_are_missing_together_where_absence_is_a_distribution(pool):
    drawn = np.where(np.arange(len(pool.dates))[:, None, None] % 2, 0.9, 0.1) * np.ones((1, 1, len(pool.weight)))
    together, fixed = (
        absences(replace(pool, absence=chance), 0, 4, 1.0)[4] for chance in (drawn, np.full_like(drawn, 0.5))
    )
    assert together.mean() == pytest.approx(fixed.mean(), abs=0.1)
    assert together.var() > 2 * fixed.var()


def test_overtime_and_contractors_help_and_longer_jobs_hurt(pool):
    base = flat(pool, 1, 1)
    variants = [
        base, replace(base, overtime=True), replace(base, firms=one_firm(pool, 2.0)),
        replace(base, minutes=1.3), replace(base, absence=2.0),
    ]  # fmt: skip
    late = [course.late.sum() for course in run(pool, variants)]
    assert late[1] < late[0] > late[2]
    assert late[3] > late[0] < late[4]


def test_a_contractor_has_one_limit_a_day_for_all_it_works_on(pool):
    """Both kinds of work would each fill it; the one whose lateness costs more comes first."""
    nobody = replace(flat(pool, 0, 0), firms=one_firm(pool, 0.5))
    alone = replace(nobody, firms=Firms(np.full((len(pool.dates), 1), 0.5), np.array([[185.0, np.inf]])))
    days = np.bincount(pool.place, minlength=len(pool.periods))
    (both,), (one,) = (list(run(pool, [s])) for s in (nobody, alone))
    assert (both.contracted.sum(axis=(0, 1)) <= 0.5 * days[:, None] + 1e-9).all()
    assert one.contracted[0, 1].sum() == 0 < one.contracted[0, 0].sum()
    dear = int(np.argmax(pool.dense.late_cost))
    assert both.contracted[0, dear].sum() > 0
    assert both.contracted[0, 1 - dear].sum() < both.contracted[0, dear].sum()


def test_the_cheaper_of_two_contractors_takes_a_day_s_jobs_first(pool):
    two = Firms(np.full((len(pool.dates), 2), 0.5), np.array([[200.0, np.inf], [100.0, np.inf]]))
    course = next(run(pool, [replace(flat(pool, 0, 0), firms=two)]))
    dear, cheap = course.contracted[:, 0].sum(axis=(1, 2))
    assert cheap > dear > 0


def test_crews_hired_now_work_from_the_day_their_hiring_is_done(made):
    pool, terms, _, _ = made.ingredients()
    quarters = whole_quarters(made.AS_OF, 2, "07-01")
    case = case_of(pool, terms, window_of(pool, terms, quarters, 0.9))
    hired = try_mixes(case, [(3, 1)])[0].people
    start = max(quarters[0].first, made.AS_OF + timedelta(days=31))
    for day, crews in zip(pool.dates, hired.permanent[:, 0], strict=True):
        assert crews == (3 if day >= start else 1)


def test_nothing_due_counts_as_in_time(pool):
    none = np.zeros((2, 3, 4))
    assert (in_time(none, none, [0, 1]) == 1).all()
