"""A backtest measures what runs publish: the champion carried forward, and the winner that must challenge it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError
from domain.panel import Known
from domain.progress import silent
from models.catalogue import forecasters
from models.reselection import reselecting
from models.select import choose, evaluate_candidates
from tests.models.test_backtest import END, replay

FIRST = END - timedelta(days=14 * 20)
PERIODS = 10


@pytest.fixture(scope="module")
def whole(city_known: Callable[..., Known]) -> Known:
    return city_known(days=520, with_weather=False, level=3.0, seed=11)


@pytest.fixture(scope="module")
def plan(city_plan: Callable[..., CityPlan]) -> CityPlan:
    return city_plan(selection_folds=2)


def day(period: int) -> date:
    return FIRST + timedelta(days=28 * period)


def test_the_champion_stays_where_another_wins_a_selection_by_little(whole: Known, plan: CityPlan) -> None:
    models, known_of = plan.city.models, replay(whole)
    recipe_for = reselecting(known_of, plan, FIRST, 7, silent)
    first = recipe_for("pothole", FIRST)
    winners = set()
    for period in range(PERIODS):
        candidates = forecasters(models.forecasters)
        scores = evaluate_candidates(known_of, "pothole", candidates, models, day(period), 7, silent)
        winner, kept = choose(scores, plan, "pothole"), recipe_for("pothole", day(period))
        assert kept.spec_id == first.spec_id
        assert kept.evidence_end == day(period)
        assert ("stays in force" in kept.sentence) == (winner.spec_id != first.spec_id)
        winners.add(winner.spec_id)
    assert len(winners) == 2


def test_whatever_the_order_of_asking_the_answer_is_the_same(whole: Known, plan: CityPlan) -> None:
    forward, back = (reselecting(replay(whole), plan, FIRST, 7, silent) for _ in range(2))
    one = [forward("pothole", day(n)) for n in range(4)]
    assert [back("pothole", day(n)) for n in reversed(range(4))][::-1] == one


def test_a_selection_that_falls_into_a_gap_of_the_data_changes_nothing(whole: Known, plan: CityPlan) -> None:
    def with_gap(asked: date) -> Known:
        if asked in (day(1), day(-1)):
            raise AsOfOutsideDataError("a gap", remedy="none")
        return replay(whole)(asked)

    recipe_for = reselecting(with_gap, plan, FIRST, 7, silent)
    assert recipe_for("pothole", day(1)) == recipe_for("pothole", FIRST)
    assert recipe_for("pothole", day(2)).evidence_end == day(2)
    with pytest.raises(AsOfOutsideDataError):
        reselecting(with_gap, plan, day(-1), 7, silent)("pothole", day(-1))
