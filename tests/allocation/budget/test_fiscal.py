from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.budget.fiscal import in_season, periods, quarter_of, whole_quarters, year_name

STARTS = st.builds(lambda m, d: f"{m:02d}-{d:02d}", st.integers(1, 12), st.integers(1, 28))
DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))


def test_a_fiscal_year_is_named_by_the_year_in_which_it_ends():
    assert year_name(date(2025, 6, 30), "07-01") == "FY2025"
    assert year_name(date(2025, 7, 1), "07-01") == "FY2026"
    assert year_name(date(2025, 7, 1), "01-01") == "FY2025"


def test_quarters_run_over_the_turn_of_both_years():
    names = [(q.name, q.first, q.last) for q in whole_quarters(date(2024, 11, 15), 3, "10-01")]
    assert names == [
        ("FY2025 Q2", date(2025, 1, 1), date(2025, 3, 31)),
        ("FY2025 Q3", date(2025, 4, 1), date(2025, 6, 30)),
        ("FY2025 Q4", date(2025, 7, 1), date(2025, 9, 30)),
    ]
    over = whole_quarters(date(2025, 6, 30), 3, "11-15")
    assert [q.name for q in over] == ["FY2025 Q4", "FY2026 Q1", "FY2026 Q2"]
    assert over[1].first == date(2025, 11, 15)
    assert over[1].last == date(2026, 2, 14)


def test_a_quarter_that_begins_tomorrow_is_whole_and_one_that_began_today_is_not():
    assert whole_quarters(date(2025, 3, 31), 1, "07-01")[0].first == date(2025, 4, 1)
    assert whole_quarters(date(2025, 4, 1), 1, "07-01")[0].first == date(2025, 7, 1)


@given(DAYS, STARTS)
def test_every_day_lies_in_its_quarter_and_four_quarters_make_a_year(day, start):
    quarter = quarter_of(day, start)
    assert quarter.first <= day <= quarter.last
    assert quarter_of(quarter.last + timedelta(days=1), start).first == quarter.last + timedelta(days=1)
    year = whole_quarters(day, 4, start)
    assert (year[-1].last - year[0].first).days + 1 in (365, 366)
    assert len({q.name for q in year}) == 4


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), STARTS, st.integers(1, 500))
def test_periods_part_the_days_and_none_lies_in_two_quarters_or_two_months(first, start, number):
    dates = [first + timedelta(days=i) for i in range(number)]
    found, place = periods(dates, start)
    assert sum(p.days for p in found) == number
    for day, at in zip(dates, place, strict=True):
        assert found[at].first <= day <= found[at].last
        assert found[at].quarter == quarter_of(day, start).name
        assert found[at].month == f"{day.year}-{day.month:02d}"
    assert len({p.name for p in found}) == len(found)
    for one in found:
        halves = [p for p in found if p.month == one.month]
        assert one.name == (one.month if len(halves) == 1 else f"{one.month} ({one.first.day}–{one.last.day})")


@pytest.mark.parametrize(
    ("day", "inside"),
    [(date(2025, 12, 15), True), (date(2026, 1, 1), True), (date(2026, 2, 15), True), (date(2026, 2, 16), False)],
)
def test_a_season_may_run_over_the_new_year(day, inside):
    assert in_season(day, "12-15", "02-15") is inside
