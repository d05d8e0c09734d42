"""On which evenings of a replay readiness is thought over."""

from __future__ import annotations

from datetime import date, timedelta

from allocation.evaluate.settings import ReplaySettings
from pipelines.steps.evaluate import thought_over

ORIGINS = (date(2024, 3, 3), date(2024, 3, 10))
RAIN = {date(2024, 3, 4): 30.0, date(2024, 3, 6): 5.0, date(2024, 3, 7): 4.9, date(2024, 3, 11): 12.0}


def test_it_is_the_evening_before_a_day_with_rain_enough_issued_and_never_the_roster_s_own() -> None:
    found = thought_over(ORIGINS, RAIN, ReplaySettings(rethink_from_mm=5.0))
    assert found == {ORIGINS[0]: [date(2024, 3, 5)], ORIGINS[1]: []}
    dry = ORIGINS[0] - timedelta(days=7)
    assert thought_over((dry,), RAIN, ReplaySettings()) == {dry: []}


def test_without_rain_to_wait_for_it_is_every_evening_and_each_roster_alone_is_none() -> None:
    every = thought_over(ORIGINS, {}, ReplaySettings(rethink_from_mm=0.0))
    assert [len(v) for v in every.values()] == [6, 6]
    assert thought_over(ORIGINS, RAIN, ReplaySettings(readiness="each roster")) == {o: [] for o in ORIGINS}
