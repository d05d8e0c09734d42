"""The known break of a real city, as it would have been found at the time. No day after 2016 is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

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
