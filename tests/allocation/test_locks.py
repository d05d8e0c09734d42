from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.compare import changed_slots, roster_frame
from allocation.given import Given
from allocation.locks import with_locks
from allocation.plan import Decision, allocate, decide, figures_of
from allocation.posted import POSTED_FACTOR, with_posted
from allocation.problem import Problem
from domain.errors import LockError
from domain.lock import Lock, price_words

DAYS = 4
TUESDAY = date(2024, 1, 9)


def _problem(build: Any, **crews: Any) -> Problem:
    return build.problem_of(build.city_plan(**crews), build.area_map(4), DAYS)


def _decide(build: Any, problem: Problem, mean: float = 1.0) -> Decision:
    return decide(_given(build, problem, mean))


def _given(build: Any, problem: Problem, mean: float = 1.0) -> Given:
    plan, where = build.city_plan(), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 12, mean)
    backlog = build.backlog_of(where, "pothole", 25, age_days=6)
    split = build.split(paths, (0.5, 0.3, 0.2))
    return Given(problem, paths, split, where, backlog, build.weather_of(paths, 60, 1), {}, 7)


SLOTS = [
    (day, shift, yard, crew_type)
    for day in (8, 9, 10, 11)
    for shift in ("day", "evening")
    for yard in ("yard 1", "yard 2")
    for crew_type in ("patching", "drainage", "mixed")
]


@st.composite
def possible_locks(draw: st.DrawFn) -> list[Lock]:
    """Locks that a yard of 2 patching crews, 1 drainage and 1 mixed can honour."""
    locks, used = [], dict.fromkeys([(d, y, k) for d, _, y, k in SLOTS], 0)
    for day, shift, yard, crew_type in draw(st.lists(st.sampled_from(SLOTS), min_size=1, max_size=8, unique=True)):
        left = (2 if crew_type == "patching" else 1) - used[day, yard, crew_type]
        kind = draw(st.sampled_from(["crews", "at_least", "at_most", "forbidden"]))
        number = draw(st.integers(0, left))
        if kind in ("crews", "at_least"):
            used[day, yard, crew_type] += number
        where = {"date": date(2024, 1, day), "shift": shift, "yard": yard, "crew_type": crew_type}
        locks.append(Lock.model_validate(where | {kind: True if kind == "forbidden" else number}))
    return locks


@settings(max_examples=12)
@given(locks=possible_locks())
def test_locks_are_honoured_and_no_yard_uses_crews_it_has_not(build: Any, locks: list[Lock]) -> None:
    decision = _decide(build, with_locks(_problem(build), locks), mean=2.0)
    roster = roster_frame(decision)
    crews = {
        (row.date.date(), row.shift, row.yard, row.crew_type): (row.crews, row.on_readiness)
        for row in roster.itertuples()
    }
    for lock in locks:
        regular, held = crews[lock.slot]
        assert regular >= lock.low
        if lock.high is not None:
            assert regular <= lock.high
            assert lock.high > 0 or held == 0, "who is locked out of a shift is not held ready in it"
    d = decision.dense
    whole = decision.chosen.roster.crews + decision.ready.held
    assert (whole.sum(axis=1) <= d.available).all()
    assert (whole[~d.worked] == 0).all()
    assert roster["is_locked"].sum() == sum(lock.binds for lock in locks)


def _lock(text: str = "", **parts: Any) -> Lock:
    base = {"date": TUESDAY, "shift": "day", "yard": "yard 1", "crew_type": "patching", "entry": "here"}
    rule = {} if parts.keys() & {"at_most", "at_least", "forbidden"} else {"crews": 1}
    return Lock.model_validate(base | rule | parts)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"yard": "yard 9"}, "no yard 'yard 9'"),
        ({"shift": "noon"}, "no shift 'noon'"),
        ({"crew_type": "paving"}, "no crew type 'paving' at 'yard 1'"),
        ({"shift": "night"}, "does not work the shift 'night'"),
        ({"date": date(2024, 2, 9)}, "is not planned"),
        ({"crews": 3}, "'yard 1' has 2 on"),
    ],
)
def test_a_lock_that_cannot_be_honoured_is_an_error_that_names_it_and_the_remedy(
    build: Any, parts: dict[str, Any], words: str
) -> None:
    with pytest.raises(LockError, match=words) as raised:
        with_locks(_problem(build), [_lock(**parts)])
    assert "here" in raised.value.what
    assert raised.value.remedy


def test_two_locks_on_one_slot_and_locks_that_together_need_too_many_crews_are_errors(build: Any) -> None:
    with pytest.raises(LockError, match="locked twice"):
        with_locks(_problem(build), [_lock(), _lock(crews=2)])
    with pytest.raises(LockError, match="3 crews of 'patching' asked together with"):
        with_locks(_problem(build), [_lock(crews=2), _lock(shift="evening", at_least=1)])
    with pytest.raises(ValueError, match="contradict"):
        _lock(at_least=2, at_most=1)


def test_a_plan_names_its_locks_and_what_they_cost_against_the_plan_without_them(build: Any) -> None:
    free = _problem(build)
    idle = [
        Lock(date=date(2024, 1, day), shift=shift, yard=yard, crew_type="patching", forbidden=True)
        for day in (8, 9) for shift in ("day", "evening") for yard in ("yard 1", "yard 2")
    ]  # fmt: skip
    lifted = Lock(date=date(2024, 1, 10), shift="day", yard="yard 1", crew_type="patching", at_least=0)
    told = allocate(_given(build, with_locks(free, [*idle, lifted]))).locks
    assert told is not None
    assert told.locks == tuple(str(lock) for lock in idle)
    with_them = figures_of(_decide(build, with_locks(free, idle))).cost
    without = figures_of(_decide(build, free)).cost
    assert with_them > without
    assert (told.cost_with, told.cost_without) == (pytest.approx(with_them, abs=0.01), pytest.approx(without, abs=0.01))
    assert f"8 locks kept ({idle[0]}; " in told.sentence("USD")
    assert f"price {with_them - without:+,.0f} USD" in told.sentence("USD")
    assert allocate(_given(build, with_locks(free, [lifted]))).locks is None, "a lock that is lifted binds nothing"


def test_a_lifted_lock_is_not_called_fixed(build: Any) -> None:
    problem = _problem(build)
    lifted, fixed = (
        Lock(date=TUESDAY, shift="day", yard=yard, crew_type="patching", at_least=crews)
        for yard, crews in (("yard 1", 0), ("yard 2", 1))
    )
    given_ = _given(build, with_locks(problem, [lifted, fixed]))
    plan, compared = allocate(given_), roster_frame(decide(given_))
    for roster in (plan.roster, compared):
        assert list(roster.loc[roster["is_locked"], "yard"]) == ["yard 2"]
    told = plan.assignments[plan.assignments["binds"].str.contains("fixed by a lock")]
    assert list(told["yard"]) == ["yard 2"]
    assert ((plan.assignments["date"] == pd.Timestamp(TUESDAY)) & (plan.assignments["yard"] == "yard 1")).any()


@pytest.mark.parametrize(
    ("price", "words"), [(-0.3, "price 0 USD"), (12.4, r"price \+12 USD"), (-3.0, "price -3 USD.*below zero")]
)
def test_the_price_of_locks_is_rounded_before_it_is_called_below_zero(price: float, words: str) -> None:
    assert re.match(words, price_words(price, "USD"))
    assert ("below" in price_words(price, "USD")) == (price < -1)


def test_a_lock_on_crews_that_would_be_held_ready_keeps_them_on_regular_work(build: Any) -> None:
    """Heavy floods hold every drainage crew ready; a lock takes one back."""
    held = _decide(build, _problem(build), mean=6.0)
    frame = roster_frame(held)
    ready = frame[(frame["crew_type"] == "drainage") & (frame["on_readiness"] > 0)]
    assert len(ready), "the case needs a crew held ready"
    row = ready.iloc[0]
    lock = Lock(date=row["date"].date(), shift=row["shift"], yard=row["yard"], crew_type="drainage", crews=1)
    after = roster_frame(_decide(build, with_locks(_problem(build), [lock]), mean=6.0))
    slot = after[(after["date"] == row["date"]) & (after["yard"] == row["yard"]) & (after["crew_type"] == "drainage")]
    assert slot["on_readiness"].sum() == 0
    assert slot["crews"].sum() == 1


def _posted(build: Any, shift: str, *, cost: float, gain: float = 0.0) -> Problem:
    """Everybody was on `shift` in the last roster; evenings are short, so that leaving them pays."""
    short = build.shifts[1] | {"minutes": 150, "overtime_minutes": 0}
    problem = _problem(build, shifts=[build.shifts[0], short, build.shifts[2]])
    rows = [
        {"date": pd.Timestamp(d), "shift": s, "yard": e.yard, "crew_type": e.crew_type,
         "crews": max(e.crews) * (s == shift), "on_readiness": 0}
        for d in problem.dates for s in ("day", "evening") for e in problem.stationed
    ]  # fmt: skip
    change = problem.change.model_copy(update={"cost": cost, "gain": gain, "posting_days": 2})
    return with_posted(problem.model_copy(update={"change": change}), pd.DataFrame(rows))


def test_locks_cost_what_they_did_where_the_last_roster_holds_them_and_is_dear_to_leave(build: Any) -> None:
    problem = _posted(build, "evening", cost=1e6)
    late = [
        Lock(date=day, shift="evening", yard=entry.yard, crew_type=entry.crew_type, crews=max(entry.crews))
        for day in problem.dates for entry in problem.stationed if entry.crew_type != "drainage"
    ]  # fmt: skip
    posted = with_locks(problem, late)
    first = allocate(_given(build, posted.model_copy(update={"posted": ()}))).locks
    told = allocate(_given(build, posted)).locks
    assert first is not None
    assert told is not None
    price = first.cost_with - first.cost_without
    assert price > 1, "the case needs locks that cost something"
    assert told.cost_with - told.cost_without == pytest.approx(price, rel=0.1)


def test_a_roster_is_left_only_where_that_saves_more_than_the_changes_cost(build: Any) -> None:
    dear = _decide(build, _posted(build, "evening", cost=1e6))
    crews = dear.chosen.roster.crews + dear.ready.held
    np.testing.assert_array_equal(dear.chosen.roster.crews[:, 0].sum(), 0)
    assert dear.chosen.change == 0 or (dear.ready.held > 0).any()
    assert "the last roster" in dear.chosen.roster.entry.status
    cheap = _decide(build, _posted(build, "evening", cost=0.001))
    assert (cheap.chosen.roster.crews[:, 0] > 0).any()
    assert cheap.chosen.cost <= dear.chosen.cost
    assert crews.sum() == (cheap.chosen.roster.crews + cheap.ready.held).sum()


def test_a_threshold_of_gain_keeps_a_roster_that_changes_would_hardly_improve(build: Any) -> None:
    kept = _decide(build, _posted(build, "evening", cost=0.001, gain=1e9))
    assert kept.chosen.roster.crews[:, 0].sum() == 0
    assert "stays" in kept.chosen.roster.entry.status


def test_changes_cost_more_within_the_posting_days(build: Any) -> None:
    dense = _decide(build, _posted(build, "day", cost=10)).dense
    assert dense.change_price.tolist() == [10 * POSTED_FACTOR, 10 * POSTED_FACTOR, 10, 10]


def test_a_plan_made_again_from_the_same_problem_is_the_same(build: Any) -> None:
    problem = with_locks(_posted(build, "day", cost=20), [_lock()])
    again = Problem.model_validate_json(problem.model_dump_json())
    one, other = (roster_frame(_decide(build, p)) for p in (problem, again))
    assert changed_slots(one, other).empty
    pd.testing.assert_frame_equal(one, other)
