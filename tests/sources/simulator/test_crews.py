"""Crews: urgent first, then oldest, within the minutes there are; snow and weekends take minutes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.words import WEATHER_VARIABLES
from sources.simulator import rates
from sources.simulator.crews import close, crew_minutes, serve
from sources.simulator.geography import make_geography
from sources.simulator.settings import WorldSettings
from sources.simulator.state import Incidents
from sources.simulator.town import Day, Town, make_town

MONDAY = Day(10, 0, 40, is_holiday=False, is_summer=False)


@pytest.fixture(scope="module")
def town() -> Town:
    settings = WorldSettings(districts=2, areas_per_district=3)
    return make_town(settings, make_geography(settings))


def potholes(known: list[int], severity: list[float], minutes: float = 50.0, kind: int = 0) -> Incidents:
    size = len(known)
    whole = np.zeros(size, dtype=np.int32)
    return Incidents(
        world=whole,
        area=whole,
        kind=np.full(size, kind, dtype=np.int32),
        place=whole,
        severity=np.array(severity),
        onset=np.zeros(size, dtype=np.int32),
        start=np.linspace(0, 0.5, size),
        reports=np.ones(size, dtype=np.int32),
        known=np.array(known, dtype=np.int32),
        held=np.zeros(size, dtype=bool),
        minutes=np.full(size, minutes),
        ident=np.arange(size, dtype=np.int64),
    )


def weather(**values: float) -> np.ndarray:
    row = np.zeros((1, len(WEATHER_VARIABLES)))
    for name, value in values.items():
        row[0, WEATHER_VARIABLES.index(name)] = value
    return row


def test_urgent_incidents_are_served_first_then_the_oldest() -> None:
    incidents = potholes([5, 3, 8, 4], [0.5, 0.5, 3.0, 0.5])
    rows, share, used = serve(incidents, np.arange(4), np.zeros(4, dtype=np.intp), np.array([120.0]))
    assert rows.tolist() == [2, 1, 3]  # the third job is begun before the minutes run out
    assert used[0] == 150
    assert share[-1] == 1


def test_each_yard_uses_its_own_minutes() -> None:
    incidents = potholes([1, 1, 1, 1], [1, 1, 1, 1])
    rows, _, used = serve(incidents, np.arange(4), np.array([0, 0, 1, 1]), np.array([10.0, 1000.0]))
    assert sorted(rows.tolist()) == [0, 2, 3]
    assert used.tolist() == [50, 100]


def test_nobody_closes_what_is_unknown_or_waits_for_others(town: Town) -> None:
    incidents = potholes([-1, 2, 2], [1, 1, 1])
    incidents = replace(incidents, held=np.array([False, True, False]))
    closings = close(town, incidents, MONDAY, np.full((1, 1, 2), 1e6), generator(1, "close"))
    assert closings.repaired.tolist() == [False, False, True]


def test_closings_fall_into_the_crews_hours(town: Town) -> None:
    closings = close(town, potholes([1] * 30, [1] * 30), MONDAY, np.full((1, 1, 2), 900.0), generator(1, "close"))
    low, high = rates.CREW_HOURS[0]
    minutes = closings.minute[closings.repaired]
    assert len(minutes) > 10
    assert low < minutes.min() <= minutes.max() <= high


def test_clerks_close_all_known_flooding_on_their_day(town: Town) -> None:
    incidents = potholes([1, 1, -1], [1, 1, 1], kind=1)
    day = replace(MONDAY, mass_closing=True)
    closings = close(town, incidents, day, np.zeros((1, 1, 2)), generator(1, "close"))
    assert closings.closed[:2].all()
    assert not closings.repaired.any()


def test_snow_duty_weekends_and_holidays_leave_fewer_minutes(town: Town) -> None:
    def minutes(day: Day, **values: float) -> np.ndarray:
        rng = generator(1, "minutes")
        return np.mean([crew_minutes(town, 1, day, weather(**values), rng)[0] for _ in range(50)], axis=0)

    usual = minutes(MONDAY)
    assert (minutes(MONDAY, snowfall_mm=60.0)[:, 0] < 0.3 * usual[:, 0]).all()
    assert (minutes(replace(MONDAY, weekday=6))[:, 0] == 0).all()
    assert (minutes(replace(MONDAY, is_holiday=True))[:, 1] < usual[:, 1]).all()
