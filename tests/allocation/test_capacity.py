from __future__ import annotations

from typing import Any

import numpy as np

from allocation.capacity import on_duty, present, snow_days
from allocation.dense import dense


def _setting(build: Any, snow_mm: float, absence: float = 0.0) -> Any:
    plan = build.city_plan(snow_duty_from_mm=25, absence_share=absence)
    areas = build.area_map(2)
    paths = build.paths_of(plan, areas, 3, 40)
    d = dense(build.problem_of(plan, areas, 3))
    return d, snow_days(d, build.weather_of(paths, snow_mm, snow_day=1), paths.draws), paths.draws


def test_crews_leave_for_snow_on_the_draws_own_weather_path(build: Any) -> None:
    d, snowy, draws = _setting(build, 30)
    np.testing.assert_array_equal(snowy[1], draws.weather_path_id < 3)
    assert not snowy[[0, 2]].any()
    there = on_duty(d, snowy)
    assert not there[1, 0, snowy[1]].any(), "patching has snow duty"
    assert there[1, 1].all(), "drainage has none"


def test_snow_below_the_limit_takes_nobody(build: Any) -> None:
    assert not _setting(build, 24.9)[1].any()


def test_without_weather_nobody_leaves(build: Any) -> None:
    d, _, draws = _setting(build, 30)
    assert not snow_days(d, None, draws).any()


def test_unknown_snowfall_takes_nobody(build: Any) -> None:
    assert not _setting(build, float("nan"))[1].any()


def test_absence_takes_its_share_and_one_more_crew_never_changes_the_others(build: Any) -> None:
    d, snowy, _ = _setting(build, 0, absence=0.25)
    duty = on_duty(d, snowy)
    crews = np.where(d.worked[..., None], d.available[:, None], 0) * 5
    few, many = present(d, crews, duty, 3, "regular"), present(d, crews + (crews > 0), duty, 3, "regular")
    extra = many - few
    assert set(np.unique(extra)) <= {0.0, 1.0}
    assert abs(few.sum() / (crews.sum() * duty.shape[-1]) - 0.75) < 0.03
    np.testing.assert_array_equal(few, present(d, crews, duty, 3, "regular"))
