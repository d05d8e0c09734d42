from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.known_waits import with_known_waits
from allocation.may_wait import may_wait
from domain.panel import Demand

STATED = {"days": {0: 0.2, 3: 0.5, 10: 0.3}, "basis": "expert"}
AS_OF = date(2024, 1, 7)


@pytest.fixture
def told(build: Any) -> Any:
    """The sentence where so many requests were filed a day, of which open ones so many days old are left."""

    def sentence(filed: int, ages: list[float], **stated: Any) -> str:
        areas = build.area_map(1)
        plan = build.city_plan(categories=[{**build.pothole, **stated}, build.flooding, build.noise])
        dates = pd.date_range(AS_OF - timedelta(days=40), AS_OF, unit="us")
        counts = np.full((1, 1, len(dates)), filed, dtype=np.int64)
        demand = Demand(dates, areas.names, ("pothole",), counts, np.zeros((1, len(dates)), dtype=np.int64))
        problem = with_known_waits(build.problem_of(plan, areas, 7), plan.city.crews, None, demand)
        backlog = pd.concat([build.backlog_of(areas, "pothole", 2, age_days=a) for a in ages], ignore_index=True)
        return may_wait(problem, backlog)

    return sentence


def test_days_whose_open_requests_likely_wait_are_named(told: Any) -> None:
    said = told(10, [1.5, 2.5, 12.5, 30.5], waits=STATED)
    assert said.startswith("About 6 of the 8 open pothole requests cannot be begun yet"), said
    assert "hardly any filed before" in said
    assert "likeliest those filed on " in said


def test_what_is_older_than_any_wait_and_work_without_waits_is_not_told(told: Any) -> None:
    assert told(10, [30.5], waits=STATED) == ""
    assert told(10, [1.5]) == ""
    assert told(10, [1.5], waits={"days": {0: 1.0}, "basis": "expert"}) == ""


def test_few_filed_of_many_open_wait_as_their_age_says(told: Any) -> None:
    assert "About 1 of the 4 open" in told(2, [1.5, 30.5], waits={"days": {0: 0.5, 10: 0.5}, "basis": "expert"})
