"""Readiness thought over on the evening before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from allocation.evaluate.evenings import Evenings
from allocation.evaluate.jobs import no_jobs
from allocation.evaluate.policy import View
from allocation.evaluate.rosters import even
from allocation.evaluate.week import Rules, play
from allocation.work import buckets

STORM = 3
"""Days after the first on which the storm comes."""


def _town(build: Any, town: Any) -> Any:
    one = town(build, 1, mean=0.02)
    flooding = [w.category for w in one.dense.work].index("flooding")
    one.requests[flooding, :, STORM] = 4.0
    return one


def _committed(one: Any) -> Any:
    first = one.problem.dates[0]
    dense = one.loaded.windows.dense(first, 14, one.loaded.stations)
    opening = np.zeros((2, 6, buckets(dense)))
    view = View(
        one.loaded.windows, first, 14, one.loaded.stations, opening, one.history(), None, one.loaded.everyday, False, 7
    )
    return even(view)


def test_an_evening_that_sees_the_storm_coming_holds_crews_and_misses_less(build: Any, town: Any) -> None:
    one = _town(build, town)
    committed, storm = _committed(one), one.problem.dates[STORM]
    asleep = play(one.loaded, committed, no_jobs(), 7, Rules("stay"))
    seeing = Evenings("arrivals", {storm: {}}, 14)
    awake = play(one.loaded, committed, no_jobs(), 7, Rules("stay"), None, seeing)
    missed = [sum(p.account.missed for p in played) for played in (asleep, awake)]
    assert missed[1] < missed[0]
    assert [p.account.readiness_cost > 0 for p in awake] == [d == STORM for d in range(7)]
    assert all((a.crews.sum() == b.crews.sum()) for a, b in zip(asleep, awake, strict=True)), "no crew is made or lost"


def test_days_not_thought_over_and_policies_without_a_belief_keep_the_roster_s_levels(build: Any, town: Any) -> None:
    one = _town(build, town)
    committed = _committed(one)
    plain = [p.account for p in play(one.loaded, committed, no_jobs(), 7, Rules("stay"))]
    for evenings in (
        Evenings("none", {one.problem.dates[STORM]: {}}, 14),
        Evenings("arrivals", {one.problem.dates[0] + timedelta(days=40): {}}, 14),
    ):
        again = play(one.loaded, committed, no_jobs(), 7, Rules("stay"), None, evenings)
        assert [p.account for p in again] == plain


def test_crews_that_the_roster_held_for_a_storm_that_is_off_go_back_to_work(build: Any, town: Any) -> None:
    one = town(build, 1, mean=0.02)
    one.requests[...] = 0.0
    committed, day = _committed(one), one.problem.dates[1]
    crews, held = committed.crews.copy(), committed.held.copy()
    n, y, k = (int(i) for i in np.argwhere(crews[1] > 0)[-1])
    crews[1, n, y, k] -= 1
    held[1, n, y, k] += 1
    waiting = type(committed)(
        committed.first, committed.stations, crews, held, committed.overtime_hours, committed.level
    )
    decided = Evenings("arrivals", {day: {}}, 14).decide(one.loaded, day, committed.stations, no_jobs())
    assert decided is not None
    assert decided[1].sum() == 0
    played = play(one.loaded, waiting, no_jobs(), 2, Rules("stay"), None, Evenings("arrivals", {day: {}}, 14))
    assert np.array_equal(played[1].crews, committed.crews[1])
