"""Locks in a what-if: they hold, and what they cost is told of them alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from allocation.evaluate.window import cut
from allocation.locks import with_locks
from allocation.plan import decide
from configs.locks import inline_lock
from domain.category import Figure
from domain.crew_rules import Contract
from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.last_orders import with_last_orders
from pipelines.steps.vintage_inputs import read_inputs
from pipelines.steps.whatif import Ask, Base, WhatIf, what_if
from storage.vintages import Vintage, latest

pytestmark = pytest.mark.xdist_group("drafts")


@pytest.fixture
def job(quick_city: Path, planned_home: Path) -> Job:
    return Job(str(quick_city), planned_home, datetime(2025, 3, 17, 12, tzinfo=UTC))


@pytest.fixture
def vintage(job: Job) -> Vintage:
    return latest(job.folder())


def test_locks_are_honoured_and_their_price_is_what_they_cost_on_the_same_draws(job: Job, vintage: Vintage) -> None:
    day = date(2025, 3, 18)
    locks = tuple(
        inline_lock(f"{day + timedelta(days=i)} {shift} 'North Yard' drainage=0")
        for i in range(3)
        for shift in ("day", "evening")
    )
    found = what_if(vintage, job.folder(), job.plan(), Ask(locks=locks), silent)
    rows = found.roster[(found.roster["crew_type"] == "drainage") & found.roster["is_locked"]]
    assert len(rows) == 6
    assert (rows["crews"] == 0).all()
    assert found.lock_price == pytest.approx(found.after.cost - found.before.cost)
    assert found.lock_price > 0


def test_a_lock_asked_in_place_of_the_citys_is_priced_by_itself(job: Job, vintage: Vintage) -> None:
    """The city forbids drainage crews for three days; an ask that lifts or loosens that saves what they cost."""
    inputs = read_inputs(vintage)
    slots = [f"{date(2025, 3, 18 + i)} {shift} 'North Yard' drainage" for i in range(3) for shift in ("day", "evening")]
    locked = inputs.posing(with_locks(inputs.problem, [inline_lock(f"{slot}=0") for slot in slots]))
    base = Base(locked, decide(locked), reproduced=True)

    def ask(rule: str) -> WhatIf:
        locks = tuple(inline_lock(slot + rule) for slot in slots)
        return what_if(vintage, job.folder(), job.plan(), Ask(locks=locks), silent, base)

    lifted, looser, same = ask(">=0"), ask("<=1"), ask("=0")
    saved = lifted.before.cost - lifted.after.cost
    assert saved > 1, "the case needs locks that cost something"
    assert lifted.lock_price is None, "nothing is fixed any more"
    assert not lifted.roster["is_locked"].any()
    assert looser.lock_price == pytest.approx(0, abs=0.01), "the yard has one such crew"
    assert same.lock_price is not None
    assert same.lock_price > 0.9 * saved, "what the city's locks cost, though this plan is under them"


def test_what_the_last_plan_ordered_of_a_contractor_binds_the_next_while_its_notice_is_over(vintage: Vintage) -> None:
    """The published roster's drainage crews, taken for a contractor's: the day after, the next two days are firm."""
    whole = read_inputs(vintage).problem
    terms = Contract(notice_days=3, price=10, jobs_per_shift=Figure(value=2, basis="assumed"))
    types = [t.model_copy(update={"contract": terms}) if t.name == "drainage" else t for t in whole.crew_types]
    problem = cut(whole.model_copy(update={"crew_types": tuple(types)}), whole.dates[1], 5)
    (order,) = with_last_orders(problem, vintage).orders
    roster = vintage.frame("roster")
    crews = roster[roster["crew_type"] == "drainage"].groupby(roster["date"].dt.date)["crews"].sum()
    firm = {day: int(crews[day]) for day in problem.dates[:2] if crews[day]}
    assert {shift.date: shift.crews for shift in order.firm} == firm
    assert firm, "the case needs crews on these days"
    assert order.jobs == 2 * crews[whole.dates[0]]
    assert with_last_orders(problem, None) == problem
    assert with_last_orders(cut(whole, whole.dates[1], 5), vintage).orders == ()
