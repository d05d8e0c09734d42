"""What a holiday brings every year is told as that, and an entry that falls on one is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.panel import Known
from models.history.record import Finding
from models.history.trust import history_of

DAYS = 1100
HOLIDAYS = ("2021-07-04", "2022-07-04", "2023-07-04")


@pytest.fixture(scope="module")
def town(city_known: Callable[..., Known]) -> Known:
    """Three years of about thirty requests a day; the one holiday is Independence Day."""
    known = city_known(areas=2, days=DAYS, seed=5)
    counts = np.zeros_like(known.demand.counts)
    counts[0, 0] = generator(3, "requests").poisson(30.0, DAYS)
    return replace(known, demand=replace(known.demand, counts=counts))


def with_requests(known: Known, **requests: int) -> Known:
    counts = known.demand.counts.copy()
    for day, number in requests.items():
        counts[0, 0, known.demand.dates.get_loc(pd.Timestamp(day.removeprefix("d")))] = number
    return replace(known, demand=replace(known.demand, counts=counts))


def found(known: Known) -> dict[str, Finding]:
    return {str(f.last): f for f in history_of(known, "pothole").findings}


def test_the_fireworks_of_every_year_are_no_rows_keyed_in(town: Known) -> None:
    known = with_requests(town, **{f"d{day}": 420 + 20 * n for n, day in enumerate(HOLIDAYS)})
    told = found(known)
    for day in set(told) & set(HOLIDAYS):
        assert told[day].kind == "yearly peak"
        assert "on Independence Day" in told[day].words
        assert "expected again" in told[day].words
    assert HOLIDAYS[-1] in told
    assert "440 came in 2022" in told[HOLIDAYS[-1]].words


def test_the_night_after_a_holiday_is_as_much_of_it(town: Known) -> None:
    told = found(with_requests(town, **{"d2022-07-05": 500, "d2023-07-05": 450}))
    assert {told[day].kind for day in ("2022-07-05", "2023-07-05") if day in told} == {"yearly peak"}


def test_rows_keyed_in_on_a_holiday_are_told_as_that(town: Known) -> None:
    told = found(with_requests(town, **{"d2022-07-04": 60, "d2023-07-04": 2500}))
    assert told["2023-07-04"].kind == "batch entry"


def test_what_is_learnt_from_is_the_same_whatever_it_is_called(town: Known) -> None:
    """Forecasts know that a day is a holiday, not which: the peak of one would be shared out over all."""
    history = history_of(with_requests(town, **{"d2022-07-04": 440, "d2023-07-04": 460}), "pothole")
    at = town.demand.dates.get_indexer(pd.DatetimeIndex(HOLIDAYS[1:]))
    assert (history.trust[at] == 0).all()
