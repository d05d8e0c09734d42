"""Rules of a city's crews hold in the replay as in its plans: contractors, machines, call-outs, absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from allocation.candidates import longest_shift
from allocation.evaluate.cases import Case, replay_week
from allocation.evaluate.facts import came
from allocation.evaluate.jobs import bucketed
from allocation.evaluate.levels import CALL_IN, called_in, readied
from allocation.evaluate.policies import flat, oracle, supervisor
from allocation.evaluate.policy import Policy
from allocation.evaluate.rosters import within_rules
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.stations import by_expected_cost, by_share
from allocation.evaluate.week import Rules, play
from allocation.readiness import districts
from allocation.roster_cost import is_hired

FIRM = {
    "name": "Millrace", "yard": "yard 2", "crews": 2, "skills": {"patching": 40}, "price": 5, "mobilisation_fee": 300,
    "jobs_per_shift": {"value": 8, "basis": "expert"}, "notice_days": 4,
}  # fmt: skip


def _week(one: Any, policy: Policy, settings: ReplaySettings, origin: date) -> Any:
    first = one.problem.dates[0]
    known = {"arrivals": came(one.loaded.facts, first, settings.commit_days), "paths": one.ahead(0)}
    case = Case(1.0, policy.name, "stay")
    return replay_week(case, policy, one.loaded, one.standing(), origin, one.history(), known, settings)


def test_contractors_come_after_their_notice_and_are_paid(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    one = town(build, 2, mean=4.0, contractors=[FIRM])
    week = _week(one, oracle.POLICY, replay_settings, origin)
    hired = week.standing.committed.crews[..., is_hired(one.dense)]
    assert not hired[:3].any(), "ordered on the eve, they come on the fourth day"
    assert hired[3:7].any(), "at this price they pay"
    shifts = int(hired[:7].sum())
    assert week.row["hired_cost"] == pytest.approx(300 + shifts * 5 * 8)
    assert week.row["cost"] >= week.row["hired_cost"] > 0
    assert _week(one, flat.POLICY, replay_settings, origin).row["hired_cost"] == 0


def test_contractors_stay_at_the_yard_they_start_from(build: Any, town: Any) -> None:
    one = town(build, 2, mean=1.5, busy=(0,), contractors=[FIRM])
    d = one.loaded.windows.dense(one.problem.dates[0], 14, one.loaded.stations)
    opening, _ = bucketed(d, one.open, one.problem.dates[0].toordinal())
    believed = one.loaded.believed(one.ahead(0))
    before = np.array(one.loaded.stations)[:, is_hired(d)]
    for after in (
        by_share(d, one.loaded.stations, one.past.mean(axis=2)),
        by_expected_cost(d, one.loaded.stations, opening, believed.arrivals, believed.weight),
    ):
        np.testing.assert_array_equal(np.array(after)[:, is_hired(d)], before)


def test_simple_rosters_keep_machines_and_the_longest_week(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    rules = {
        "equipment": [{"name": "roller", "crew_types": ["patching"], "number": 1}],
        "working_time": {"longest_week_hours": 24},
    }
    one = town(build, 3, mean=2.0, rules=rules)
    for policy in (flat.POLICY, supervisor.POLICY):
        roster = _week(one, policy, replay_settings, origin).standing.committed
        assert roster.crews[..., 0].sum(axis=(1, 2)).max() == 1, "one roller, one crew"
        hours = 8 * roster.crews[:7, 0].sum(axis=0) + 8 * roster.crews[:7, 1].sum(axis=0)
        assert (hours <= 24 * np.array(roster.stations)).all(), "each crew at most three days"
        assert roster.crews.any()
    free = _week(town(build, 3, mean=2.0), flat.POLICY, replay_settings, origin).standing.committed
    assert free.crews[..., 0].sum(axis=(1, 2)).max() > 1, "the control: without the rule more go out"


def _with_overtime(build: Any, town: Any, longest: float, **pay: float) -> tuple[Any, np.ndarray, np.ndarray]:
    """Two yards of 40-hour weeks; wanted: 80 h of overtime at the first, 2 h at the second, in a fortnight."""
    shifts = [build.shifts[0] | {"overtime_minutes": 120}, *build.shifts[1:]]
    one = town(build, 3, shifts=shifts, rules={"working_time": {"longest_week_hours": longest}, "pay": pay})
    d = one.loaded.windows.dense(one.problem.dates[0], 14, one.loaded.stations)
    crews = longest_shift(d, np.zeros((*d.worked.shape, d.available.shape[2]), dtype=np.int64))
    wanted = np.zeros(crews.shape)
    most = crews[:, 0, 0] * 2.0
    wanted[:, 0, 0] = most * min(1.0, 80 / most.sum())
    wanted[1, 0, 1, 0] = 2.0
    return d, crews, wanted


def test_a_longest_week_takes_the_overtime_that_breaks_it_and_no_other(build: Any, town: Any) -> None:
    d, crews, wanted = _with_overtime(build, town, 41)
    kept, hours = within_rules(d, crews, wanted)
    np.testing.assert_array_equal(kept, crews)
    assert hours[1, 0, 1, 0] == wanted[1, 0, 1, 0] == 2.0
    for k in range(crews.shape[3]):
        pool = int(d.available[:, 0, k].max())
        for first in (0, 7):
            asked = wanted[first : first + 7, 0, 0, k].sum()
            given = hours[first : first + 7, 0, 0, k]
            assert given.sum() == pytest.approx(min(asked, pool))
            assert (given <= wanted[first : first + 7, 0, 0, k] + 1e-9).all()
    assert hours[:7, 0, 0].sum() < wanted[:7, 0, 0].sum(), "some of it breaks the week"
    free = within_rules(*_with_overtime(build, town, 60))
    np.testing.assert_allclose(free[1], wanted)


def test_overtime_cut_below_what_a_call_out_is_paid_for_is_not_worked(build: Any, town: Any) -> None:
    d, crews, wanted = _with_overtime(build, town, 41, minimum_call_out_minutes=120)
    _, hours = within_rules(d, crews, wanted)
    assert ((hours == 0) | (hours >= 2) | (hours == wanted)).all()
    assert hours[1, 0, 1, 0] == 2.0


def test_a_call_out_is_paid_for_its_minimum(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    cost = {}
    shifts = [build.shifts[0] | {"overtime_minutes": 60}, *build.shifts[1:]]
    for minutes in (0, 60):
        one = town(build, 4, mean=0.5, shifts=shifts, rules={"pay": {"minimum_call_out_minutes": minutes}})
        roster = _week(one, flat.POLICY, replay_settings, origin).standing.committed
        hours = 0.25 * (roster.crews * (one.dense.overtime > 0)[:, None, None])
        played = play(one.loaded, replace(roster, overtime_hours=hours), one.open, 1, Rules("stay"))
        cost[minutes] = (played[0].account.overtime_cost, hours[0].sum())
    assert cost[0][1] == cost[60][1] > 0
    assert cost[60][0] > cost[0][0]


def test_absence_as_a_distribution_takes_a_yard_s_crews_together_and_the_same_for_all(build: Any, town: Any) -> None:
    rule = {"absence": {"mean": {"value": 0.3, "basis": "expert"}, "concentration": 3}}
    one = town(build, 5, mean=3.0, rules=rule)
    served = []
    for policy in (flat.POLICY, flat.POLICY):
        roster = _week(one, policy, ReplaySettings(plan_draws=8, loads=(1.0,)), one.problem.dates[0]).standing.committed
        played = play(one.loaded, roster, one.open, 10, Rules("stay"))
        served.append([p.done.minutes.sum() for p in played])
    assert served[0] == served[1]
    plain = town(build, 5, mean=3.0, absence_share=0.3)
    fixed = play(plain.loaded, roster, plain.open, 10, Rules("stay"))
    worked = [p.done.minutes.sum() for p in fixed]
    busy = [i for i, minutes in enumerate(worked) if minutes == max(worked)]
    assert len(busy) > 3
    assert np.std([served[0][i] for i in busy]) > 100, "minutes: on some days most of a yard stays away"


def test_rain_calls_in_own_crews_alone(build: Any, town: Any) -> None:
    """A contractor's could not come in time, and would be paid for nothing."""
    firm = FIRM | {"skills": {"drainage": 40}, "yard": "yard 1", "notice_days": 9, "price": 500}
    one, own = town(build, 2, contractors=[firm]), town(build, 2)
    wished = np.full((2, len(districts(one.dense))), CALL_IN)
    level, held = called_in(one.dense, wished, 10)
    expected_level, expected = called_in(own.dense, wished, 10)
    assert expected.any()
    np.testing.assert_array_equal(held[..., ~is_hired(one.dense)], expected)
    assert not held[..., is_hired(one.dense)].any()
    np.testing.assert_array_equal(level, expected_level)


def test_crews_held_ready_answer_nothing_on_a_day_they_plough(build: Any, town: Any) -> None:
    d = town(build, 5).dense
    j = [w.category for w in d.work].index("flooding")
    level, usual, came_in = np.zeros((2, 2), dtype=np.int64), np.zeros((2, 2)), np.zeros((2, 6))
    level[j, 0], came_in[j, 0] = CALL_IN, 20.0
    held, there = np.zeros((3, 2, 3), dtype=np.int64), np.ones((2, 3))
    held[0, 0, 1] = 2
    missed = []
    for share in (1.0, 0.5, 0.0):
        there[0, 1] = share
        missed.append(readied(d, level, usual, came_in, held, there).missed)
    assert missed == [20 - 14, 20 - 7, 20]
