"""The known break of a real city, as it would have been found at the time. No day after 2016 is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.panel import Known
from models.history.trust import history_of

pytestmark = pytest.mark.shared_data


def test_the_surge_of_january_2016_is_found_within_two_weeks_and_never_before(
    houston: Callable[[date], Known],
) -> None:
    before, after = (history_of(houston(d), "pothole").breaks for d in (date(2016, 1, 3), date(2016, 1, 18)))
    assert before == ()
    (found,) = after
    assert found.day == date(2016, 1, 4)
    assert found.factor > 3


def test_only_real_floods_are_catastrophes(houston: Callable[[date], Known]) -> None:
    found = history_of(houston(date(2016, 12, 31)), "flooding").findings
    months = {f.first.strftime("%Y-%m") for f in found if f.kind == "catastrophe"}
    assert {"2015-05", "2015-10", "2016-04"} <= months <= {"2014-05", "2015-05", "2015-10", "2016-04", "2016-06"}


@pytest.mark.parametrize("has_weather", [True, False])
def test_no_flood_is_taken_for_rows_keyed_in_together(houston: Callable[[date], Known], *, has_weather: bool) -> None:
    floods = [date(2012, 4, 20), date(2015, 5, 26), date(2015, 10, 31), date(2016, 4, 18), date(2016, 6, 1)]
    found = set()
    for day in [*(f + timedelta(days=k) for f in floods for k in (0, 1, 3)), date(2016, 12, 31)]:
        known = houston(day) if has_weather else replace(houston(day), weather=None)
        for category in known.demand.categories:
            found |= {f.first for f in history_of(known, category).findings if f.kind == "batch entry"}
    assert found == ({date(2015, 6, 24)} if has_weather else set())  # 501 on a day after a dry week


def test_no_holiday_has_a_peak_of_its_own(houston: Callable[[date], Known]) -> None:
    """So that no figure of docs/benchmarks.md is of a forecast by name."""
    for day in (date(2013, 12, 31), date(2014, 12, 31), date(2015, 12, 31), date(2016, 7, 4), date(2016, 12, 31)):
        known = houston(day)
        for category in known.demand.categories:
            assert history_of(known, category).peaks == ()


def test_a_wet_or_frosty_day_with_thousands_more_is_one(houston: Callable[[date], Known]) -> None:
    known = houston(date(2016, 12, 31))
    counts = known.demand.counts.copy()
    c = known.demand.categories.index("pothole")
    for day in ("2014-01-31", "2015-03-11"):
        counts[c, 0, known.demand.dates.get_loc(day)] += 4000
    found = history_of(replace(known, demand=replace(known.demand, counts=counts)), "pothole").findings
    assert [f.first for f in found if f.kind == "batch entry"] == [date(2014, 1, 31), date(2015, 3, 11)]
