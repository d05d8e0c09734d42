"""A published roster on other draws: its held crews answer what comes there, on duty as those draws have it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from allocation.given import Given
from allocation.plan import decide
from allocation.played_under import played_under
from domain.words import WEATHER_VARIABLES

DAYS, DRAWS = 5, 30


def given(build: Any) -> Given:
    """Drainage crews alone can be held ready, and plough on every day of one in ten weathers."""
    types = [
        {"name": "patching", "skills": {"patching": None}, "cost_per_hour": 100},
        {"name": "drainage", "skills": {"drainage": None}, "cost_per_hour": 120, "snow_duty": True},
    ]
    plan, where = build.city_plan(types=types, yards=build.yards(2, {"patching": 1, "drainage": 3})), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, DRAWS, 4.0)
    problem, split = build.problem_of(plan, where, DAYS), build.split(paths, (0.5, 0.3, 0.2))
    weather = build.weather_of(paths)
    weather.values[:1, :, WEATHER_VARIABLES.index("snowfall_mm")] = 60.0
    backlog = build.backlog_of(where, "pothole", 12, age_days=6)
    return Given(problem, paths, split, where, backlog, weather, {}, 7)


def turned(one: Given) -> Given:
    """The same draws in the opposite order, each with its own weather."""
    draws = one.paths.draws
    back = replace(draws, weather_path_id=draws.weather_path_id[::-1], weight=draws.weight[::-1])
    paths = replace(one.paths, samples=one.paths.samples[..., ::-1], draws=back)
    return replace(one, paths=paths, by_shift=one.by_shift[..., ::-1])


def test_the_order_of_draws_changes_nothing_that_held_crews_answer(build: Any) -> None:
    here = given(build)
    made = decide(here)
    assert made.ready.held.any()
    again, back = played_under(here, made), played_under(turned(here), made)
    assert again.ready.expected_cost == pytest.approx(made.ready.expected_cost)
    assert again.chosen.cost == pytest.approx(made.chosen.cost)
    assert back.ready.expected_cost == pytest.approx(made.ready.expected_cost)


def test_held_crews_stay_as_they_were_and_cost_more_misses_where_more_comes(build: Any) -> None:
    here = given(build)
    made = decide(here)
    wet = replace(here, by_shift=here.by_shift * 2, paths=replace(here.paths, samples=here.paths.samples * 2))
    played = played_under(wet, made)
    assert (played.ready.held == made.ready.held).all()
    assert (played.chosen.roster.crews == made.chosen.roster.crews).all()
    assert played.ready.expected_cost > made.ready.expected_cost
    assert played.ready.table["cost"].sum() == made.ready.table["cost"].sum()
