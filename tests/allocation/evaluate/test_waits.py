from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from allocation.dense import Dense
from allocation.dispatch import Crewing, Outcome, simulate
from allocation.evaluate.facts import Loaded
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.policies import flat
from allocation.evaluate.policy import View
from allocation.evaluate.waiting import remaining, spread, weekmasks, with_open
from allocation.evaluate.week import Played, Rules, play
from allocation.evaluate.window import Windows
from allocation.waits import Waits, with_waits, working_days

WEEKDAYS = (True,) * 5 + (False,) * 2
ALWAYS = (True,) * 7
FRIDAY = date(2024, 1, 12).toordinal()
SATURDAY, MONDAY = FRIDAY + 1, FRIDAY + 3
HALF = Waits(np.array([[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]), (WEEKDAYS, ALWAYS))


def _jobs(category: list[int], filed: list[int]) -> Jobs:
    at, day = np.array(category), np.array(filed)
    return Jobs(at, np.zeros_like(at), day, day + 4, day, np.full(len(at), 2.0))


def test_waits_are_counted_in_days_on_which_crews_work() -> None:
    ready = spread(HALF, _jobs([0, 0], [FRIDAY, SATURDAY]))
    assert list(zip(ready.filed, ready.ready, strict=True)) == [
        (FRIDAY, FRIDAY), (FRIDAY, MONDAY + 1), (SATURDAY, SATURDAY), (SATURDAY, MONDAY + 1),
    ]  # fmt: skip
    assert ready.total() == 4.0
    assert working_days(np.array([FRIDAY]), np.array([MONDAY]), WEEKDAYS)[0] == 1


def test_what_is_open_waits_as_those_of_its_age_do_and_is_ready_where_nothing_waits_so_long() -> None:
    new, old = remaining(HALF, _jobs([0], [MONDAY]), MONDAY + 1), remaining(HALF, _jobs([0], [FRIDAY]), MONDAY + 7)
    assert (list(new.ready), list(new.jobs)) == ([MONDAY + 2], [2.0]), "open on its first evening: none of the quick"
    assert (list(old.ready), list(old.jobs)) == ([FRIDAY], [2.0])


def test_weekdays_are_those_on_which_the_skill_is_there(build: Any, town: Any) -> None:
    masks = weekmasks(town(build, 1).dense)
    assert len(masks) == 2
    assert all(mask[:5] == (True,) * 5 for mask in masks)


def _waiting(loaded: Loaded, waits: Waits) -> Loaded:
    windows = Windows(with_waits(loaded.windows.problem, waits))
    return replace(loaded, facts=loaded.facts.waiting(waits), windows=windows)


def _played(one: Any, loaded: Loaded, days: int = 14) -> list[Played]:
    first = date(2024, 1, 8)
    view = View(
        loaded.windows, first, 14, loaded.stations, np.zeros((2, 6, 20)), one.history(), None, loaded.everyday, True, 7
    )
    return play(loaded, flat.POLICY.roster(view), one.open, days, Rules("moved"))


def test_no_job_is_served_before_it_is_ready_and_none_is_lost(build: Any, town: Any) -> None:
    one = town(build, 5)
    waits = Waits(np.array([[0.25, 0.0, 0.0, 0.75], [0.5, 0.5, 0.0, 0.0]]), weekmasks(one.dense))
    loaded = _waiting(one.loaded, waits)
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
    loaded = _waiting(one.loaded, never)
    last = _played(one, loaded)[-1].account
    assert last.late_request_days > 0
    assert last.late_cost == last.late_at_end_cost == last.served == 0


def test_without_waits_everything_is_played_as_it_was(build: Any, town: Any) -> None:
    one = town(build, 6)
    none = Waits(np.ones((2, 1)), (ALWAYS, ALWAYS))
    plain = [day.account for day in _played(one, one.loaded)]
    with_none = [day.account for day in _played(one, _waiting(one.loaded, none))]
    for a, b in zip(plain, with_none, strict=True):
        assert a.row() == pytest.approx(b.row())


def test_the_plan_simulates_what_the_replay_then_plays(build: Any, town: Any) -> None:
    """One area, so that only due dates rank; what came is the one draw of the plan."""
    one = town(build, 8, areas=1, mean=3.0, yards=build.yards(1, {"patching": 2, "drainage": 1}), absence_share=0.0)
    waits = Waits(np.array([[0.2, 0.2, 0.0, 0.6], [0.5, 0.0, 0.0, 0.5]]), weekmasks(one.dense))
    loaded, first = _waiting(one.loaded, waits), date(2024, 1, 8)
    open_jobs = replace(one.open, ready=one.open.filed + np.arange(12) * 2)
    plan, days = loaded.windows.dense(first, 14, loaded.stations), 10
    opening, plan = with_open(plan, open_jobs, first.toordinal())
    arrivals = np.stack([loaded.jobs(first + timedelta(days=h)) for h in range(14)], axis=2)[..., None]
    view = View(loaded.windows, first, 14, loaded.stations, opening, one.history(), None, loaded.everyday, True, 7)
    roster = flat.POLICY.roster(view)
    regular = (roster.crews * plan.net_minutes[:, None, :])[..., None]
    said = simulate(plan, Crewing(regular, np.zeros_like(regular)), opening, arrivals, np.ones(1))
    played = play(loaded, roster, open_jobs, days, Rules("stay"))
    assert said.waiting is not None
    for h, day in enumerate(played):
        for j in range(2):
            served, left = (jobs.jobs[jobs.category == j].sum() for jobs in (day.done.served, day.done.open))
            late = day.done.open.jobs[(day.done.open.category == j) & (day.done.open.due <= day.day.toordinal())].sum()
            assert said.served[j, 0, h, 0] == pytest.approx(served, abs=1e-6), f"served on day {h}"
            assert said.open_all[j, 0, h, 0] == pytest.approx(left, abs=1e-6), f"open after day {h}"
            assert said.late_all[j, 0, h, 0] == pytest.approx(late, abs=1e-6), f"late after day {h}"
    assert sum(day.done.served.total() for day in played) > 50
    assert said.late_all.sum() > said.late.sum() > 0
    assert said.cost.sum() == pytest.approx(
        sum(d.account.late_cost for d in played) + _money(plan, said, days), rel=1e-6
    )


def _money(plan: Dense, said: Outcome, days: int) -> float:
    """Of late days beyond those played."""
    return float(np.einsum("j,jahs->", plan.late_cost, said.late[:, :, days:]))
