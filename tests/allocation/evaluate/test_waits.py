from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from allocation.evaluate.facts import Loaded
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.policies import flat
from allocation.evaluate.policy import View
from allocation.evaluate.waits import Waits, weekmasks, working_days
from allocation.evaluate.week import Played, Rules, play

WEEKDAYS = (True,) * 5 + (False,) * 2
ALWAYS = (True,) * 7
FRIDAY = date(2024, 1, 12).toordinal()
SATURDAY, MONDAY = FRIDAY + 1, FRIDAY + 3
HALF = Waits(np.array([[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]), (WEEKDAYS, ALWAYS))


def _jobs(category: list[int], filed: list[int]) -> Jobs:
    at, day = np.array(category), np.array(filed)
    return Jobs(at, np.zeros_like(at), day, day + 4, day, np.full(len(at), 2.0))


def test_waits_are_counted_in_days_on_which_crews_work() -> None:
    ready = HALF.spread(_jobs([0, 0], [FRIDAY, SATURDAY]))
    assert list(zip(ready.filed, ready.ready, strict=True)) == [
        (FRIDAY, FRIDAY), (FRIDAY, MONDAY + 1), (SATURDAY, SATURDAY), (SATURDAY, MONDAY + 1),
    ]  # fmt: skip
    assert ready.total() == 4.0
    assert working_days(np.array([FRIDAY]), np.array([MONDAY]), WEEKDAYS)[0] == 1


def test_what_is_open_waits_as_those_of_its_age_do_and_is_ready_where_nothing_waits_so_long() -> None:
    new, old = HALF.remaining(_jobs([0], [MONDAY]), MONDAY + 1), HALF.remaining(_jobs([0], [FRIDAY]), MONDAY + 7)
    assert (list(new.ready), list(new.jobs)) == ([MONDAY + 2], [2.0]), "open on its first evening: none of the quick"
    assert (list(old.ready), list(old.jobs)) == ([FRIDAY], [2.0])


def test_weekdays_are_those_on_which_the_skill_is_there(build: Any, town: Any) -> None:
    masks = weekmasks(town(build, 1).dense)
    assert len(masks) == 2
    assert all(mask[:5] == (True,) * 5 for mask in masks)


def _played(one: Any, loaded: Loaded, days: int = 14) -> list[Played]:
    first = date(2024, 1, 8)
    view = View(
        loaded.windows, first, 14, loaded.stations, np.zeros((2, 6, 20)), one.history(), None, loaded.everyday, True, 7
    )
    return play(loaded, flat.POLICY.roster(view), one.open, days, Rules("moved"))


def test_no_job_is_served_before_it_is_ready_and_none_is_lost(build: Any, town: Any) -> None:
    one = town(build, 5)
    waits = Waits(np.array([[0.25, 0.0, 0.0, 0.75], [0.5, 0.5, 0.0, 0.0]]), weekmasks(one.dense))
    loaded = replace(one.loaded, facts=replace(one.loaded.facts, waits=waits))
    played = _played(one, loaded)
    for day in played:
        assert (day.done.served.ready <= day.day.toordinal()).all()
    served = sum(day.done.served.total() for day in played)
    came = sum(float(loaded.jobs(day.day).sum()) for day in played)
    assert np.isclose(one.open.total() + came, served + played[-1].done.open.total())


def test_what_still_waits_is_late_in_days_and_not_in_money(build: Any, town: Any) -> None:
    one = town(build, 5)
    never = Waits(np.eye(61)[[60, 60]], (ALWAYS, ALWAYS))
    one.open = one.open.take(np.zeros(0, dtype=np.int64))
    loaded = replace(one.loaded, facts=replace(one.loaded.facts, waits=never))
    last = _played(one, loaded)[-1].account
    assert last.late_request_days > 0
    assert last.late_cost == last.late_at_end_cost == last.served == 0


def test_without_waits_everything_is_played_as_it_was(build: Any, town: Any) -> None:
    one = town(build, 6)
    none = Waits(np.ones((2, 1)), (ALWAYS, ALWAYS))
    plain = [day.account for day in _played(one, one.loaded)]
    with_none = [day.account for day in _played(one, replace(one.loaded, facts=replace(one.loaded.facts, waits=none)))]
    for a, b in zip(plain, with_none, strict=True):
        assert a.row() == pytest.approx(b.row())
