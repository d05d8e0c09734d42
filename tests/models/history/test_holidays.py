"""Each holiday's own effect: by name wherever it falls, and none where the evidence is of all holidays alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.panel import Known
from models.history.holidays import holiday_effects, names_of

THANKSGIVING = [date(2019, 11, 28), date(2020, 11, 26), date(2021, 11, 25), date(2022, 11, 24), date(2023, 11, 23)]
NEXT = date(2024, 11, 28)
DAYS = 1826


def city(city_known: Callable[..., Known], closed: float, *, level: float = 40.0, seed: int = 1) -> Known:
    """Thanksgiving with `closed` of the usual requests, and a Founders' Day that nobody notices."""
    plain = city_known(areas=1, days=DAYS, with_weather=False)
    dates = plain.demand.dates
    named = dict.fromkeys([*THANKSGIVING, NEXT], "Thanksgiving")
    named |= {date(year, 8, 27): "Founders' Day (observed)" for year in range(2019, 2026)}
    mean = np.where(dates.isin(pd.DatetimeIndex(THANKSGIVING)), closed * level, level)
    counts = generator(seed, "holidays").poisson(mean)[None, None].astype(np.int32)
    return replace(plain, holidays=named, demand=replace(plain.demand, counts=counts))


def ahead(known: Known, *days: date) -> list[float]:
    return holiday_effects(known, "pothole", pd.DatetimeIndex(list(days))).tolist()


def test_a_holiday_that_moves_is_met_by_its_name(city_known: Callable[..., Known]) -> None:
    known = city(city_known, 0.2)
    thanksgiving, founders, ordinary = ahead(known, NEXT, date(2024, 8, 27), date(2024, 11, 26))
    assert thanksgiving == pytest.approx(0.25, abs=0.1)
    assert founders == pytest.approx(1.0, abs=0.1)
    assert ordinary == 1.0


def test_a_days_own_count_is_left_out_of_its_effect(city_known: Callable[..., Known]) -> None:
    known = city(city_known, 0.2)
    counts = known.demand.counts.copy()
    counts[:, :, known.demand.dates.get_loc(pd.Timestamp(THANKSGIVING[2]))] = 16
    changed = replace(known, demand=replace(known.demand, counts=counts))
    before, after = (ahead(k, THANKSGIVING[2], NEXT) for k in (known, changed))
    assert before[0] == pytest.approx(after[0], rel=0.01)
    assert before[1] < after[1]


def test_where_holidays_are_alike_none_has_an_effect_of_its_own(city_known: Callable[..., Known]) -> None:
    known = city(city_known, 1.0, level=2.0)
    effects = ahead(known, NEXT, date(2024, 8, 27))
    assert effects[0] == pytest.approx(effects[1], abs=0.05)


def test_a_holiday_never_met_has_the_effect_of_the_others_and_without_any_there_is_none(
    city_known: Callable[..., Known],
) -> None:
    known = city(city_known, 0.2)
    new = date(2025, 1, 6)
    assert 0.3 < ahead(replace(known, holidays=known.holidays | {new: "Epiphany"}), new)[0] < 0.8
    assert ahead(replace(known, holidays={new: "Epiphany"}), new) == [1.0]


def test_joined_names_are_taken_apart_and_a_day_in_lieu_is_its_holiday() -> None:
    assert names_of("Christmas Day (observed); Christmas Eve") == ("Christmas Day", "Christmas Eve")
    assert names_of("Eid al-Fitr (estimated)") == ("Eid al-Fitr",)
