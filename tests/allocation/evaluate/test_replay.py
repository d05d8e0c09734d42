from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.evaluate.cases import Case, Week, replay_week
from allocation.evaluate.catalogue import POLICIES
from allocation.evaluate.policies import flat, oracle, supervisor
from allocation.evaluate.policy import Committed, Policy, View
from allocation.evaluate.report import closed_off
from allocation.evaluate.rosters import even
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.week import Rules, play
from allocation.evaluate.window import configured


@dataclass(frozen=True)
class Copycat:
    """The even roster under another name."""

    name: str = "copycat"
    title: str = "the even roster again"
    needs: str = "none"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return even(view)


def _week(town: Any, policy: Any, told: ReplaySettings, origin: date, dispatch: Any = "moved") -> Week:
    case = Case(1.0, policy.name, dispatch)
    ahead = {"paths": town.ahead(0)}
    return replay_week(case, policy, town.loaded, town.standing(), origin, town.history(), ahead, told)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.name)
def test_open_before_plus_filed_is_served_plus_open_after(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date, policy: Policy
) -> None:
    one = town(build, 1)
    week = _week(one, policy, replay_settings, origin)
    each = one.loaded.each
    before = (one.open.jobs / each[one.open.category]).sum()
    left = week.standing.open_jobs
    after = (left.jobs / each[left.category]).sum()
    assert np.isclose(before + float(week.row["filed"]), float(week.row["served"]) + after)
    assert week.row["filed"] == one.requests[:, :, :7].sum()


@given(st.integers(0, 1000), st.floats(0.1, 2.0))
@settings(max_examples=10)
def test_crews_never_work_more_minutes_than_they_have(build: Any, town: Any, seed: int, mean: float) -> None:
    one = town(build, seed, mean=mean, busy=(0,))
    committed = _committed(one, seed)
    for played in play(one.loaded, committed, one.open, 7, Rules("moved")):
        net = one.dense.net_minutes[:, None, :] * played.crews * 0.9
        assert (played.done.minutes <= net + 1e-6).all()
        assert (played.crews.sum(axis=(0, 1)) <= np.array(one.loaded.stations).sum(axis=0)).all()


def _committed(one: Any, seed: int) -> Committed:
    rng = np.random.default_rng(seed)
    dense = one.loaded.windows.dense(date(2024, 1, 8), 14, one.loaded.stations)
    crews = np.zeros((14, 3, 2, 3), dtype=np.int64)
    for h, y, k in np.ndindex(14, 2, 3):
        shift = rng.choice(np.flatnonzero(dense.worked[h, :, y])) if dense.worked[h, :, y].any() else 0
        crews[h, shift, y, k] = dense.available[h, y, k]
    level = np.zeros((2, 2, 14), dtype=np.int64)
    return Committed(date(2024, 1, 8), one.loaded.stations, crews, np.zeros_like(crews), np.zeros(crews.shape), level)


def test_two_policies_that_decide_alike_score_alike(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    one = town(build, 2, busy=(1,))
    mine, other = (_week(one, p, replay_settings, origin).row for p in (flat.POLICY, Copycat()))
    assert {**mine, "policy": ""} == {**other, "policy": ""}


def test_knowing_what_comes_is_not_dearer_than_the_even_roster_where_work_lies_on_one_side(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    """On the objective that it plans for, and over several towns: one may be unlucky, the mean may not."""
    told = replay_settings.model_copy(update={"every_days": 14})
    costs = {"flat": 0.0, "oracle": 0.0}
    for seed in range(4):
        one = town(build, seed, mean=0.7, busy=(1, 2))
        for policy in (flat.POLICY, oracle.POLICY):
            rows = pd.DataFrame([_week(one, policy, told, origin, "stay").row])
            costs[policy.name] += float(closed_off(rows)["cost"].sum())
    assert costs["oracle"] < costs["flat"]


def test_a_policy_sees_only_the_belief_it_asks_for(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    seen: dict[str, Any] = {}

    @dataclass(frozen=True)
    class Nosy(Copycat):
        needs: str = "none"

        def roster(self, view: View) -> Committed:
            seen[self.needs] = view.believed
            return even(view)

    one = town(build, 3)
    for needs in ("none", "mean", "paths", "arrivals"):
        _week(one, Nosy(needs=needs), replay_settings, origin)
    assert seen["none"] is None
    assert seen["mean"].arrivals.shape[-1] == 1
    assert seen["paths"].arrivals.shape[-1] == 6
    came = one.requests[:, :, :14].sum(axis=3) * one.loaded.each[:, None, None]
    np.testing.assert_allclose(seen["arrivals"].arrivals[..., 0].sum(axis=3), came)


def test_heavy_rain_calls_the_supervisor_in_and_nobody_else(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    one = town(build, 4)
    wet = replace(one.loaded.facts, rain_mm={origin + timedelta(days=2): 40.0, origin + timedelta(days=3): 24.9})
    one.loaded = replace(one.loaded, facts=wet)
    paid = {
        p.name: _week(one, p, replay_settings, origin).row["readiness_cost"] for p in (flat.POLICY, supervisor.POLICY)
    }
    assert paid["flat"] == 0
    assert paid["supervisor"] > 0


def test_changes_against_the_roster_in_force_are_counted(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    one = town(build, 5)
    first = _committed(one, 1)
    same = replace(first, first=first.first + timedelta(days=7), crews=first.crews[7:].repeat(2, axis=0)[:14])
    moved = sum(p.account.changed for p in play(one.loaded, same, one.open, 1, Rules("stay"), first))
    assert moved == np.abs(first.crews[7] - same.crews[0]).sum() / 2
    assert configured(one.problem) == one.loaded.stations


def test_a_belief_in_order_is_the_one_that_is_read_back_from_disk(build: Any, town: Any) -> None:
    ahead = town(build, 7).ahead(0, draws=9).first(4)
    assert not ahead.by_shift.flags.c_contiguous, "picking draws leaves them in another order"
    ordered = ahead.in_order()
    assert ordered.by_shift.flags.c_contiguous
    np.testing.assert_array_equal(ordered.by_shift, ahead.by_shift)


def test_weather_that_stops_work_stops_it_in_the_replay_and_a_slow_day_serves_less(build: Any, town: Any) -> None:
    one = town(build, 2, mean=0.8, busy=(0, 1))
    committed = _committed(one, 2)
    served = {}
    for share in (0.0, 0.5, 1.0):
        pace = np.ones((len(one.problem.dates), 3, 2))
        pace[:, :, 0] = share
        changed = replace(one.loaded, facts=replace(one.loaded.facts, pace=pace))
        played = play(changed, committed, one.open, 5, Rules("stay"))
        served[share] = sum(p.done.served.jobs[p.done.served.category == 0].sum() for p in played)
    assert served[0.0] == 0.0 < served[0.5] < served[1.0]
