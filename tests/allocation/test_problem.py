from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from allocation.dense import dense
from allocation.problem import Problem
from allocation.resolve import resolve
from domain.errors import ConfigError


def test_problem_json_reads_back_as_the_same_problem(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(5), 4)
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


def test_shifts_follow_weekdays_and_holidays(build: Any) -> None:
    holiday = {date(2024, 1, 10): "a holiday"}
    shifts = [*build.shifts[:2], build.shifts[2] | {"weekdays": [2, 5], "on_holidays": True}]
    problem = build.problem_of(build.city_plan(shifts=shifts), build.area_map(2), 7, holiday)
    day, _, night = problem.shifts
    assert [d.day for d in day.dates] == [8, 9, 11, 12]
    assert [d.day for d in night.dates] == [10, 13]
    assert problem.stationed[0].crews == (2, 2, 2, 2, 2, 2, 0)


def test_a_night_shift_belongs_to_the_day_it_starts(build: Any) -> None:
    shifts = [build.shifts[2] | {"weekdays": [0]}]
    problem = build.problem_of(build.city_plan(shifts=shifts), build.area_map(2), 3)
    assert problem.shifts[0].dates == (date(2024, 1, 8),)
    assert problem.shifts[0].clock_minutes == 480
    # filed in the middle of the night (03:00 of the next day) and due 96 h later: 5 dates on
    assert dense(problem).due_days[0, 0] == 5


def test_minutes_of_a_job_are_the_crew_types_own_or_the_categorys(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(2), 1)
    assert problem.work_on("pothole").minutes == {"patching": 40, "mixed": 50}
    assert problem.work_on("flooding").minutes == {"drainage": 75, "mixed": 90}


def test_drive_is_distance_with_detour_at_the_mean_speed(build: Any) -> None:
    areas = build.area_map(1)
    here = {"name": "y", "lat": float(areas.lat[0]) + 0.1, "lon": float(areas.lon[0]), "crews": {"patching": 1}}
    plan = build.city_plan(yards=[here], travel={"speed_kmh": 40, "detour": 1.5})
    drive = build.problem_of(plan, areas, 1).yards[0].drive[0]
    assert drive == pytest.approx(11.12 * 1.5 / 40 * 60, rel=0.01)


def test_unknown_coordinates_are_null_and_take_the_stated_minutes(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "y", "crews": {"patching": 1}}], travel={"minutes_unknown": 17})
    problem = build.problem_of(plan, build.area_map(3), 1)
    assert problem.yards[0].drive == (None, None, None)
    assert (dense(problem).drive == 17).all()


def test_every_area_is_reached_by_the_nearest_yard_that_has_the_type(build: Any) -> None:
    yards = build.yards(3, {"patching": 1})
    yards[1]["crews"] = {"patching": 0, "drainage": 1}
    d = dense(build.problem_of(build.city_plan(yards=yards), build.area_map(16), 1))
    patching, drainage = 0, 1
    assert (d.own[patching].sum(axis=0) == 1).all()
    assert not d.reach[patching, 1].any(), "a yard without the type reaches nothing with it"
    assert d.reach[drainage, 1].all(), "the only yard with the type reaches everything"


def test_every_staffed_yard_reaches_something(build: Any) -> None:
    d = dense(build.problem_of(build.city_plan(yards=build.yards(6)), build.area_map(1), 1))
    assert d.reach[:, :, 0].all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"yards": [{"name": "far", "lat": 45.0, "lon": -90.0, "crews": {"patching": 1}}]}, "far"),
        ({"yards": [{"name": "half", "lat": 40.0, "crews": {"patching": 1}}]}, "half"),
        ({"types": [{"name": "patching", "skills": {"patching": None}, "cost_per_hour": 1}]}, "drainage"),
    ],
)
def test_a_bad_entry_is_named_with_its_remedy(build: Any, change: dict[str, Any], named: str) -> None:
    crews = {"yards": [{"name": "y", "crews": {"patching": 1}}]} | change
    with pytest.raises(ConfigError, match=named) as caught:
        build.problem_of(build.city_plan(**crews), build.area_map(4), 2)
    assert caught.value.remedy


def test_negative_crews_are_refused_even_where_the_yaml_was_not_checked(build: Any) -> None:
    plan = build.city_plan(yards=[{"name": "north", "crews": {"patching": 1}}])
    yard = plan.city.crews.yards[0].model_copy(update={"crews": {"patching": -2}})
    crews = plan.city.crews.model_copy(update={"yards": (yard,)})
    bad = plan.model_copy(update={"city": plan.city.model_copy(update={"crews": crews})})
    with pytest.raises(ConfigError, match=r"north.*-2 crews of 'patching'"):
        build.problem_of(bad, build.area_map(2), 1)


@pytest.mark.parametrize(
    "shifts",
    [
        [
            {"name": "early", "start": "06:00", "end": "14:00", "minutes": 400},
            {"name": "late", "start": "13:00", "end": "21:00", "minutes": 400},
        ],
        [
            {"name": "early", "start": "06:00", "end": "14:00", "minutes": 400, "weekdays": [1]},
            {"name": "late", "start": "23:00", "end": "07:00", "minutes": 400, "weekdays": [0]},
        ],
    ],
)
def test_overlapping_shifts_of_a_yard_are_refused(build: Any, shifts: list[dict[str, Any]]) -> None:
    with pytest.raises(ConfigError, match=r"early.*late.*overlap"):
        build.problem_of(build.city_plan(shifts=shifts), build.area_map(2), 1)


def test_shifts_that_touch_or_are_staffed_by_different_yards_are_fine(build: Any) -> None:
    overlapping = [
        {"name": "early", "start": "06:00", "end": "14:00", "minutes": 400},
        {"name": "late", "start": "13:00", "end": "21:00", "minutes": 400},
    ]
    yards = [
        {"name": "a", "crews": {"patching": 1}, "shifts": ["early"]},
        {"name": "b", "crews": {"drainage": 1}, "shifts": ["late"]},
    ]
    problem = build.problem_of(build.city_plan(shifts=overlapping, yards=yards), build.area_map(2), 1)
    assert dense(problem).worked[0].tolist() == [[True, False], [False, True]]


def test_dates_must_be_consecutive(build: Any) -> None:
    with pytest.raises(ConfigError, match="consecutive"):
        resolve(build.city_plan(), build.area_map(2), [date(2024, 1, 8), date(2024, 1, 10)], {})


def test_a_job_of_no_minutes_is_refused(build: Any) -> None:
    pothole = build.pothole | {"service_minutes": {"value": 0, "basis": "expert"}}
    with pytest.raises(ConfigError, match=r"pothole.*service_minutes is 0"):
        build.problem_of(build.city_plan(categories=[pothole]), build.area_map(2), 1)


def test_setup_is_taken_off_the_shift(build: Any) -> None:
    d = dense(build.problem_of(build.city_plan(), build.area_map(2), 1))
    np.testing.assert_allclose(d.net_minutes[0], [390, 400, 390])


def test_a_problem_whose_lists_do_not_fit_its_dates_or_areas_is_refused(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(3), 2)
    for broken in ({"dates": problem.dates[:1]}, {"areas": problem.areas[:2]}):
        with pytest.raises(ValueError, match="one entry"):
            Problem.model_validate(problem.model_dump() | broken)


def test_drives_of_the_matrix_come_before_distances(build: Any) -> None:
    areas = build.area_map(2)
    matrix = {"minutes": {"yard 1": {"a000": 41.0}}}
    plain = build.problem_of(build.city_plan(), areas, 1)
    given = build.problem_of(build.city_plan(travel={"matrix": matrix}), areas, 1)
    assert given.yards[0].drive == (41.0, plain.yards[0].drive[1])
    assert given.yards[1].drive == plain.yards[1].drive


def test_a_matrix_with_an_unknown_area_is_refused(build: Any) -> None:
    plan = build.city_plan(travel={"matrix": {"minutes": {"yard 1": {"a999": 41.0}}}})
    with pytest.raises(ConfigError, match=r"from 'yard 1' to 'a999', which is no area"):
        build.problem_of(plan, build.area_map(2), 1)


def test_a_problem_written_before_there_were_rules_reads_as_one_without_any(build: Any) -> None:
    problem = build.problem_of(build.city_plan(), build.area_map(3), 2)
    content = problem.model_dump(mode="json")
    for key in ("snow_duty", "weather_rules", "rules", "holidays", "recent_snowfall_mm"):
        content.pop(key)
    for crew_type in content["crew_types"]:
        crew_type.pop("contract")
    for work in content["work"]:
        for rule in ("queue", "event"):
            if work[rule]:
                work[rule].pop("due_changes")
    assert Problem.model_validate_json(json.dumps(content)) == problem
