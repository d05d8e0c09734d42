"""Weather decides what crews can do, on the draw's own path, in the roster and in dispatch alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.capacity import on_duty, snow_days
from allocation.dense import dense
from allocation.dispatch import Crewing, simulate
from allocation.given import Given
from allocation.plan import allocate
from allocation.problem import Problem
from allocation.recent_snow import with_recent_snow
from allocation.reduction import Reduced
from allocation.solve import solve
from allocation.surrogate import pool
from allocation.value import avoided, take
from allocation.work import buckets
from allocation.work_weather import daily_weather, planned_pace, stopped_share, usable_share, work_pace
from domain.errors import ConfigError
from domain.panel import Weather, WeatherPaths
from domain.words import WEATHER_VARIABLES

RAIN: dict[str, Any] = {"name": "rain", "skill": "patching", "rain_from_mm": 10, "cannot_be_done": True}
COLD_MIX: dict[str, Any] = {
    "name": "cold mix",
    "skill": "patching",
    "from": "11-15",
    "until": "01-09",
    "minutes_factor": {"value": 1.25, "basis": "expert"},
}


def _weather(paths: Any, **days: dict[int, float]) -> Any:
    """Ten paths; the first four have the given values on the given days, else nothing falls and it is 10 °C."""
    values = np.zeros((10, len(paths.dates), len(WEATHER_VARIABLES)))
    values[:, :, :3] = 10.0
    for variable, by_day in days.items():
        for day, value in by_day.items():
            values[:4, day, WEATHER_VARIABLES.index(variable)] = value
    return WeatherPaths(paths.dates, values, np.full(10, 0.1), tuple("2020-01-01" for _ in range(10)), "climatology")


def _pace(build: Any, rules: list[dict[str, Any]], **days: dict[int, float]) -> Any:
    plan, areas = build.city_plan(weather_rules=rules), build.area_map(2)
    paths = build.paths_of(plan, areas, 4, 20)
    d = dense(build.problem_of(plan, areas, 4))
    return d, work_pace(d, _weather(paths, **days), paths.draws), paths.draws.weather_path_id < 4


def test_rain_stops_the_skills_work_on_the_draws_own_path(build: Any) -> None:
    _, pace, wet = _pace(build, [RAIN], precipitation_mm={1: 10.0, 2: 9.9})
    patching, drainage, mixed = 0, 1, 2
    pothole, flooding = 0, 1
    np.testing.assert_array_equal(pace[1, patching, pothole], np.where(wet, 0.0, 1.0))
    np.testing.assert_array_equal(pace[1, mixed, pothole], np.where(wet, 0.0, 1.0))
    assert (pace[1, drainage] == 1).all()
    assert (pace[1, :, flooding] == 1).all()
    assert (pace[[0, 2, 3]] == 1).all()


def test_a_season_slows_work_on_its_days_and_no_others(build: Any) -> None:
    _, pace, _ = _pace(build, [COLD_MIX])
    np.testing.assert_allclose(pace[:, 0, 0, 0], [0.8, 0.8, 1.0, 1.0])


def test_factors_of_rules_that_hold_at_once_multiply_and_all_conditions_of_a_rule_must_be_met(build: Any) -> None:
    frozen = {"name": "frost", "skill": "patching", "maximum_below_c": 0, "snow_depth_from_mm": 20}
    frozen["minutes_factor"] = {"value": 2, "basis": "assumed"}
    given = {"temperature_max_c": {0: -1.0, 1: -1.0}, "snow_depth_mm": {1: 30.0, 2: 30.0}}
    _, pace, cold = _pace(build, [COLD_MIX, frozen], **given)
    np.testing.assert_allclose(pace[1, 0, 0], np.where(cold, 0.4, 0.8))
    np.testing.assert_allclose(pace[[0, 2], 0, 0, 0], [0.8, 1.0])


def test_a_rule_may_concern_one_crew_type_alone(build: Any) -> None:
    _, pace, wet = _pace(build, [RAIN | {"crew_types": ["mixed"]}], precipitation_mm={0: 20.0})
    assert (pace[0, 0, 0] == 1).all()
    assert (pace[0, 2, 0, wet] == 0).all()


def test_unknown_weather_meets_no_condition_and_no_rule_means_no_pace(build: Any) -> None:
    _, pace, _ = _pace(build, [RAIN], precipitation_mm={1: float("nan")})
    assert (pace == 1).all()
    assert _pace(build, [])[1] is None
    assert stopped_share(None, np.ones(1)) is None


def test_without_weather_seasons_still_hold(build: Any) -> None:
    plan, areas = build.city_plan(weather_rules=[RAIN, COLD_MIX]), build.area_map(2)
    d, draws = dense(build.problem_of(plan, areas, 4)), build.paths_of(plan, areas, 4, 20).draws
    np.testing.assert_allclose(work_pace(d, None, draws)[:, 0, 0, 5], [0.8, 0.8, 1.0, 1.0])


def test_the_pace_in_a_plan_s_minutes_is_that_of_crews_who_work_all_day_where_they_can(build: Any) -> None:
    slow = COLD_MIX | {
        "from": None,
        "until": None,
        "rain_from_mm": 5,
        "minutes_factor": {"value": 2, "basis": "expert"},
    }
    _, pace, wet = _pace(build, [slow, RAIN], precipitation_mm={0: 5.0, 1: 20.0})
    weight = np.full(20, 1 / 20)
    share = wet.mean()
    found = planned_pace(pace, weight)
    assert 0 < share < 1
    np.testing.assert_allclose(found[:3, 0, 0], [1 - share / 2, 1.0, 1.0])
    assert (planned_pace(np.zeros_like(pace), weight) == 1).all()
    assert planned_pace(None, weight) is None


def test_snow_duty_has_its_season_and_its_days_of_clearing_up(build: Any) -> None:
    duty = {"from": "11-01", "until": "01-09", "from_mm": 40, "after_days": 2}
    plan, areas = build.city_plan(snow_duty=[duty]), build.area_map(2)
    paths = build.paths_of(plan, areas, 6, 20)
    d = dense(build.problem_of(plan, areas, 6))
    snowy = snow_days(d, _weather(paths, snowfall_mm={1: 40.0, 4: 90.0}), paths.draws)
    hit = paths.draws.weather_path_id < 4
    assert snowy[:, hit].all(axis=1).tolist() == [False, True, True, True, False, False], "10 January is past its end"
    assert not snowy[:, ~hit].any()


def test_snow_that_fell_before_the_plan_keeps_crews_away_on_its_first_days(build: Any) -> None:
    plan, areas = build.city_plan(snow_duty=[{"from_mm": 40, "after_days": 2}]), build.area_map(2)
    paths = build.paths_of(plan, areas, 4, 20)
    values = np.full((3, len(WEATHER_VARIABLES)), np.nan)
    values[:, WEATHER_VARIABLES.index("snowfall_mm")] = [90.0, 50.0, 5.0]
    observed = Weather(pd.date_range("2024-01-05", periods=3, unit="us"), values)
    problem = with_recent_snow(build.problem_of(plan, areas, 4), observed)
    assert problem.recent_snowfall_mm == {date(2024, 1, 6): 50.0, date(2024, 1, 7): 5.0}
    assert snow_days(dense(problem), None, paths.draws).all(axis=1).tolist() == [True, False, False, False]
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_dispatch_serves_nothing_that_the_days_weather_stops_and_turns_to_other_work(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "y", "crews": {"mixed": 1}}], weather_rules=[RAIN])
    d = dense(build.problem_of(plan, build.area_map(1), 2))
    opening = np.zeros((2, 1, buckets(d)))
    opening[0, 0, 0], opening[1, 0, 0] = 40, 2
    minutes = np.zeros((2, 3, 1, 3, 2))
    minutes[:, 0, 0, 2] = 400.0
    pace = np.ones((2, 3, 2, 2))
    pace[0, :, 0, 1] = 0.0
    arrivals, weight = np.zeros((2, 1, 2, 3, 2)), np.full(2, 0.5)
    done = simulate(d, Crewing(minutes, np.zeros_like(minutes), pace), opening, arrivals, weight)
    assert done.served[0, 0, 0, 0] > 0
    assert done.served[0, 0, 0, 1] == 0
    assert done.served[1, 0, 0, 1] == pytest.approx(2), "the flooding jobs are done all the same"
    assert done.served[0, 0, 1, 1] > 0, "the next day is fair"
    slow = np.full(pace.shape, 0.5)
    slower = simulate(d, Crewing(minutes, np.zeros_like(minutes), slow), opening, arrivals, weight)
    alone = simulate(d, Crewing(minutes, np.zeros_like(minutes), slow), opening * [[[1]], [[0]]], arrivals, weight)
    assert slower.minutes[0, 0, 0, 2].sum(axis=0) == pytest.approx([400, 400])
    fair = simulate(d, Crewing(minutes, np.zeros_like(minutes)), opening * [[[1]], [[0]]], arrivals, weight)
    assert alone.served[0, 0, 0] == pytest.approx(fair.served[0, 0, 0] / 2)


def test_leaving_a_crew_out_keeps_each_draws_weather(build: Any) -> None:
    plan = build.city_plan(categories=[build.pothole], yards=[{"name": "y", "crews": {"patching": 1}}])
    d = dense(build.problem_of(plan, build.area_map(1), 2))
    opening = np.zeros((1, 1, buckets(d)))
    opening[0, 0, 0] = 30
    minutes = np.zeros((2, 3, 1, 3, 2))
    minutes[:, 0, 0, 0] = 390.0
    pace = np.ones((2, 3, 1, 2))
    pace[1, :, :, 1] = 0.0
    crewing = Crewing(minutes, np.zeros_like(minutes), pace)
    kept = Reduced(np.array([1, 0]), np.array([0.0, 1.0]), 0.0, 0.0)
    nothing = np.zeros((1, 1, 2, 3, 2))
    fair = avoided(d, crewing, opening, nothing, kept).money.mean
    stopped = avoided(d, crewing, opening, nothing, Reduced(kept.index, np.array([1.0, 0.0]), 0, 0)).money.mean
    assert fair[1].sum() > 0
    assert stopped[1].sum() == 0
    assert take(crewing, np.array([1])).pace[1].sum() == 0


def test_the_roster_moves_its_overtime_off_the_day_on_which_weather_stops_the_work(build: Any) -> None:
    plan = build.city_plan(
        categories=[build.pothole | {"queue": {"due_hours": 24, "cost_per_late_day": 1000}}],
        yards=[{"name": "y", "crews": {"patching": 1}}],
        types=build.types[:1],
        shifts=[build.shifts[0] | {"overtime_minutes": 120}],
    )
    d = dense(build.problem_of(plan, build.area_map(1), 3))
    opening = np.zeros((1, 1, buckets(d)))
    opening[0, 0, 0] = 40
    pace = np.ones((3, 1, 1, 4))
    pace[1] = 0.0
    duty, held = np.ones((3, 1, 4), dtype=bool), np.zeros((3, 1, 1, 1), dtype=np.int64)
    s = pool(d, opening, np.zeros((1, 1, 3, 1, 4)), duty, held, np.full(4, 0.25), pace=pace)
    hours = solve(d, s).overtime_hours[:, 0, 0, 0]
    assert hours[1] == 0
    assert hours[[0, 2]] == pytest.approx([2, 2])


def test_what_a_type_can_use_of_a_day_is_its_best_works_pace(build: Any) -> None:
    d, pace, wet = _pace(build, [RAIN], precipitation_mm={1: 10.0})
    usable = usable_share(d, on_duty(d, np.zeros((4, 20), dtype=bool)), pace)
    assert (usable[1, 0, wet] == 0).all()
    assert (usable[1, 2, wet] == 1).all()


def test_a_plan_under_rain_rules_promises_nothing_on_a_wet_day_and_says_why(build: Any) -> None:
    plan = build.city_plan(categories=[build.pothole], weather_rules=[RAIN])
    where = build.area_map(4)
    paths = build.paths_of(plan, where, 4, 40)
    weather = _weather(paths)
    weather.values[:, 1, WEATHER_VARIABLES.index("precipitation_mm")] = 30.0  # on every path
    given = (paths, build.split(paths, (0.5, 0.3, 0.2)), where, build.backlog_of(where, "pothole", 60))
    found = allocate(Given(build.problem_of(plan, where, 4), *given, weather, {}, 7))
    wet = found.roster[found.roster["date"] == "2024-01-09"]
    assert (wet["expected_minutes"] == 0).all()
    able_types = wet["crew_type"].isin(["patching", "mixed"])
    assert wet["reason"][able_types].str.contains("weather stops pothole work in 100 %").all()
    assert found.dispatch.query("date == '2024-01-09'")["expected_served"].sum() == 0
    assert found.roster["expected_minutes"].sum() > 0


def test_daily_weather_is_nan_where_a_draw_has_no_path_or_a_day_is_not_covered(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(2)
    paths = build.paths_of(plan, areas, 2, 20)
    paths.draws.weather_path_id[0] = -1
    found = daily_weather(_weather(paths), paths.draws, (date(2024, 1, 8), date(2024, 2, 1)), "temperature_max_c")
    assert np.isnan(found[0, 0])
    assert np.isnan(found[1]).all()
    assert (found[0, 1:] == 10).all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"weather_rules": [RAIN | {"skill": "paving"}]}, "'rain'.*'paving'"),
        ({"weather_rules": [RAIN | {"crew_types": ["divers"]}]}, "'rain'.*'divers'"),
        ({"weather_rules": [{"name": "ever", "skill": "patching", "cannot_be_done": True}]}, "'ever'.*every day"),
        ({"weather_rules": [COLD_MIX, COLD_MIX | {"name": "hot mix", "from": "01-05"}]}, "cold mix.*hot mix.*contra"),
        (
            {"snow_duty": [{"from_mm": 20}, {"from": "12-01", "until": "02-01", "from_mm": 40}]},
            "all year and 12-01 to 02-01",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_named_with_its_remedy(build: Any, change: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        build.problem_of(build.city_plan(**change), build.area_map(2), 2)
    assert caught.value.remedy
