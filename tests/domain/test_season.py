from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.season import Seasonal
from domain.weather_rules import SnowDuty, WeatherRule


def test_a_season_may_run_over_new_year_and_holds_both_its_ends() -> None:
    winter = Seasonal.model_validate({"from": "11-15", "until": "04-01"})
    assert [winter.holds_on(d) for d in (date(2024, 11, 14), date(2024, 11, 15), date(2025, 1, 1))] == [0, 1, 1]
    assert winter.holds_on(date(2025, 4, 1))
    assert not winter.holds_on(date(2025, 4, 2))


@given(st.dates(date(2020, 1, 1), date(2024, 12, 31)), st.integers(0, 365), st.integers(0, 364))
def test_a_season_and_the_rest_of_the_year_part_every_day(day: date, start: int, length: int) -> None:
    year = [f"{date(2024, 1, 1) + timedelta(days=i):%m-%d}" for i in range(366)]
    first, last, after, before = (year[i % 366] for i in (start, start + length, start + length + 1, start - 1))
    season = Seasonal.model_validate({"from": first, "until": last})
    rest = Seasonal.model_validate({"from": after, "until": before})
    assert season.holds_on(day) != rest.holds_on(day)
    assert len(season.days()) == length + 1
    assert len(rest.days()) == 366 - length - 1


@pytest.mark.parametrize("wrong", ["02-30", "13-01", "winter", "11/15"])
def test_a_day_that_does_not_exist_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="is not a month and day"):
        Seasonal.model_validate({"from": wrong, "until": "04-01"})


def test_half_a_season_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs both 'from' and 'until'"):
        SnowDuty.model_validate({"from": "11-15", "from_mm": 20})


@pytest.mark.parametrize("effect", [{}, {"cannot_be_done": True, "minutes_factor": {"value": 1.2, "basis": "expert"}}])
def test_a_weather_rule_does_exactly_one_thing(effect: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="rule 'rain' needs either"):
        WeatherRule.model_validate({"name": "rain", "skill": "patching", "rain_from_mm": 5} | effect)
