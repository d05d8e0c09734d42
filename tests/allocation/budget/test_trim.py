from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.influence import influences
from allocation.budget.queue import moved, run
from allocation.budget.roll import roll, staffing
from allocation.budget.search import cheapest, judge
from allocation.budget.service import chance, in_time
from allocation.budget.study import study
from allocation.budget.trim import exchanges
from domain.progress import silent

NOW = (4, 1)
"""Twice the patching crews that the work needs, and too few for the drains."""


@pytest.fixture(scope="module")
def idle(made):
    """A budget of a town where crews in post stand idle."""
    pool, terms, paths, path = made.ingredients()
    rates = tuple(replace(r, crews=n, authorised=n, vacant=0) for r, n in zip(terms.rates, NOW, strict=True))
    quarters = whole_quarters(made.AS_OF, 2, "07-01")
    return study(pool, replace(terms, rates=rates), quarters, 0.9, paths, path, silent)


def played(case, mixes, *, has_help=False, **change):
    start = case.window.start
    rolls = [roll(case.pool, case.terms, mix, start) for mix in mixes]
    crews = [
        moved(staffing(case.pool, case.terms, r, overtime=has_help, contractors=has_help, start=start), **change)
        for r in rolls
    ]
    return [judge(case, r, c) for r, c in zip(rolls, run(case.pool, crews), strict=True)]


def meets(case, tried, need) -> bool:
    share = in_time(tried.course.late, case.due, need.within)
    return chance(share, case.window.target, case.weight) >= need.certainty - 1e-9


@pytest.mark.parametrize("has_help", [False, True])
def test_no_mix_of_fewer_crews_than_the_fewest_meets_the_target(idle, has_help):
    """Every mix there is below the size found is played, with idle crews in post gone or not."""
    case, checked = idle.case, 0
    for need in idle.needs:
        found = need.helped if has_help else need.alone
        if found is None:
            continue
        assert meets(case, found, need)
        fewer = [(a, n - a) for n in range(1, found.size) for a in range(n + 1)]
        better = [t.mix for t in played(case, fewer, has_help=has_help) if meets(case, t, need)]
        assert not better, (need.quarters, need.certainty, found.mix, better)
        checked += 1
    assert checked > 2


def test_the_cheapest_mix_keeps_no_idle_crew(idle):
    case, best = idle.case, cheapest(idle.case, idle.tried, 0.8)
    assert best is not None
    assert best.mix[0] < NOW[0]
    one_less = [(best.mix[0] - 1, best.mix[1]), (best.mix[0], best.mix[1] - 1)]
    assert all(t.chance < 0.8 for t in played(case, [m for m in one_less if min(m) >= 0 and sum(m)]))


def test_an_exchange_saves_a_crew_or_money_and_what_saves_most_comes_first():
    rates = np.array([100.0, 110.0, 150.0])
    found = exchanges((2, 9, 1), rates)
    money = [float(np.dot(m, rates)) for m in found]
    assert money == sorted(money)
    assert len(found) == len(set(found))
    for mix, paid in zip(found, money, strict=True):
        assert min(mix) >= 0
        assert sum(mix) == 11 or (sum(mix) == 12 and paid < np.dot((2, 9, 1), rates))
    assert {(0, 9, 2), (1, 8, 2), (2, 5, 4), (3, 8, 1)} <= set(found)


def test_moved_minutes_are_answered_as_if_every_mix_had_been_played_again(made, idle):
    """Dear mixes are left out where a cheap one is good enough; the answer is that of all."""
    _, _, paths, path = made.ingredients()
    mixes = [t.mix for t in idle.tried]
    read = next(i for i in influences(idle.case, idle.tried, idle.advised, paths, path) if i.factor == "minutes a job")
    for factor, end in ((0.7, read.low), (1.3, read.high)):
        best = cheapest(idle.case, played(idle.case, mixes, minutes=factor), 0.8)
        assert end.mix == (None if best is None else best.mix)
