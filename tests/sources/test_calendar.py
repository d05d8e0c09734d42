"""Public holidays of a rule."""

from __future__ import annotations

from datetime import date

import pytest

from domain.city import HolidayRule
from domain.errors import ConfigError
from sources.calendar import holidays_table


def test_holidays_lie_between_the_days_asked_for_in_order() -> None:
    table = holidays_table(HolidayRule(country="US", subdivision="TX"), "x", date(2016, 12, 25), date(2018, 1, 1))
    assert table["date"].is_monotonic_increasing
    assert table["date"].is_unique
    assert str(table["date"].iloc[0].date()) == "2016-12-25"
    assert str(table["date"].iloc[-1].date()) == "2018-01-01"
    assert "Independence Day" in table.set_index("date").loc["2017-07-04", "holiday"]
    assert set(table["city"]) == {"x"}


def test_subdivisions_have_their_own() -> None:
    def days(subdivision: str | None) -> set[object]:
        rule = HolidayRule(country="DE", subdivision=subdivision)
        return set(holidays_table(rule, "x", date(2024, 1, 1), date(2024, 12, 31))["date"])

    assert days("BY") > days(None)


def test_norway_is_a_country() -> None:
    table = holidays_table(HolidayRule(country="NO"), "x", date(2024, 5, 17), date(2024, 5, 17))
    assert len(table) == 1


def test_a_stretch_without_holidays_is_an_empty_table() -> None:
    assert holidays_table(HolidayRule(country="US"), "x", date(2024, 4, 2), date(2024, 4, 3)).empty


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (HolidayRule(country="USAA"), r"holidays\.country: no holidays are known for 'USAA'; did you mean 'USA'"),
        (HolidayRule(country="US", subdivision="TXX"), r"holidays\.subdivision.*did you mean 'TX'"),
    ],
)
def test_an_unknown_country_or_subdivision_names_the_nearest(rule: HolidayRule, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        holidays_table(rule, "x", date(2024, 1, 1), date(2024, 12, 31))


def test_moving_holidays_and_days_in_lieu_are_named_on_the_day_they_fall() -> None:
    def named(rule: HolidayRule, day: date) -> str:
        table = holidays_table(rule, "x", day, day)
        return "" if table.empty else str(table["holiday"].iloc[0])

    texas, bavaria = HolidayRule(country="US", subdivision="TX"), HolidayRule(country="DE", subdivision="BY")
    assert named(texas, date(2015, 11, 26)) == named(texas, date(2016, 11, 24)) == "Thanksgiving Day"
    assert named(bavaria, date(2016, 3, 28)) == named(bavaria, date(2021, 4, 5)) == "Easter Monday"
    assert "Christmas Day (observed)" in named(texas, date(2016, 12, 26))
