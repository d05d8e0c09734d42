from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocation.dense import dense
from allocation.readiness import best_level, choose_readiness
from domain.category import Category

DRAWS = 20


def _rule(build: Any) -> Any:
    return Category.model_validate(build.flooding).event


@pytest.mark.parametrize(
    ("requests", "level"),
    [(0, "normal"), (1, "normal"), (6, "standby"), (14, "call-in"), (40, "storm")],
)
def test_the_level_is_the_one_of_least_expected_cost(build: Any, requests: int, level: str) -> None:
    rule = _rule(build)
    choice = best_level(rule, np.full(DRAWS, float(requests)), np.full(DRAWS, 1 / DRAWS), 0.0, 99)
    by_hand = [
        lv.cost + rule.cost_per_missed_request * max(0.0, requests - lv.crews * rule.requests_per_crew_day.value)
        for lv in rule.levels
    ]
    assert choice.expected_cost == pytest.approx(min(by_hand))
    assert rule.levels[choice.level].name == level


def test_a_rare_storm_is_worth_its_chance_times_its_cost(build: Any) -> None:
    rule, weight = _rule(build), np.full(DRAWS, 1 / DRAWS)
    rare = np.zeros(DRAWS)
    rare[0] = 20  # 5 %: 150 × 7 × 0.05 = 52 saved by one crew of 180
    assert rule.levels[best_level(rule, rare, weight, 0.0, 99).level].name == "normal"
    rare[:5] = 20  # 25 %: 262 saved
    assert rule.levels[best_level(rule, rare, weight, 0.0, 99).level].name == "standby"


def test_a_saving_too_small_to_call_people_for_is_left(build: Any) -> None:
    weight, requests = np.full(DRAWS, 1 / DRAWS), np.zeros(DRAWS)
    requests[:5] = 20  # standby saves 262 - 180 = 82
    worth = _rule(build).model_copy(update={"minimum_gain": 80})
    not_worth = _rule(build).model_copy(update={"minimum_gain": 90})
    assert best_level(worth, requests, weight, 0.0, 99).level == 1
    assert best_level(not_worth, requests, weight, 0.0, 99).level == 0


def test_the_level_is_limited_by_the_crews_there_are(build: Any) -> None:
    rule = _rule(build)
    choice = best_level(rule, np.full(DRAWS, 40.0), np.full(DRAWS, 1 / DRAWS), 0.0, 2)
    assert rule.levels[choice.level].name == "call-in"


def _chosen(build: Any, crews: dict[str, int], storm: int, days: int = 5) -> Any:
    """Two districts of two areas; the storm comes on the second day, to the second district."""
    plan, areas = build.city_plan(yards=build.yards(2, crews)), build.area_map(4)
    d = dense(build.problem_of(plan, areas, days))
    requests = np.ones((4, days, DRAWS))
    requests[2:, 1] = storm
    paths = build.paths_of(plan, areas, days, DRAWS)
    return d, choose_readiness(d, {"flooding": requests}, np.full(DRAWS, 1 / DRAWS), build.weather_of(paths))


def test_held_crews_come_from_yards_that_have_them_and_are_counted_once(build: Any) -> None:
    d, ready = _chosen(build, {"drainage": 3, "mixed": 1}, storm=30)
    assert (ready.held.sum(axis=1) <= d.available).all()
    storm = ready.table.query("district == 'district 2'").set_index("date").loc["2024-01-09"]
    assert storm["level"] == "storm"
    assert storm["crews"] == 4 == ready.held[1].sum()
    assert ready.held[0].sum() == 0
    y = [yard.name for yard in d.problem.yards].index(storm["yard"])
    assert ready.held[1, :, y, 1].sum() == 3, "crews with the fewest other skills are held first"
    assert ready.level[1, y] == 3


def test_a_yard_with_too_few_crews_says_so(build: Any) -> None:
    _, ready = _chosen(build, {"drainage": 1}, storm=30)
    row = ready.table.query("district == 'district 2'").set_index("date").loc["2024-01-09"]
    assert row["level"] == "standby"
    assert "storm would pay, but the nearest yard has too few crews left" in row["reason"]
    assert "2.0 mm of rain expected" in row["reason"]
    assert row["chance_of_exceeding"] == 1.0


def test_nobody_is_held_on_a_day_without_a_shift(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(2)
    d = dense(build.problem_of(plan, areas, 7))
    ready = choose_readiness(
        d, {"flooding": np.full((2, 7, 4), 1.0) * np.arange(7)[:, None] ** 2}, np.full(4, 0.25), None
    )
    weekend = ready.table[ready.table["date"].dt.day_of_week >= 5]
    assert (weekend["crews"] == 0).all()
    assert (weekend["yard"] == "").all()


def test_everyday_load_is_regular_work_and_calls_for_nobody(build: Any) -> None:
    _, ready = _chosen(build, {"drainage": 3}, storm=1)
    assert (ready.table["level"] == "normal").all()


def test_a_season_of_drizzle_calls_for_nobody_and_its_one_storm_does(build: Any) -> None:
    """Requests on every other day are regular work, however wet the fortnight is."""
    plan, areas = build.city_plan(yards=build.yards(2, {"drainage": 3})), build.area_map(2)
    d = dense(build.problem_of(plan, areas, 5))
    drizzle = np.zeros((2, 5, DRAWS))
    drizzle[:, :, ::2] = 4  # on half of all days and draws
    weight = np.full(DRAWS, 1 / DRAWS)
    calm = choose_readiness(d, {"flooding": drizzle}, weight, None)
    assert (calm.table["level"] == "normal").all()
    assert calm.table["reason"].str.contains("up to 4 a day are regular work").all()
    drizzle[:, 1] += 12
    assert (
        choose_readiness(d, {"flooding": drizzle}, weight, None).table.query("level != 'normal'")["date"].nunique()
    ) == 1


def _on_duty(build: Any, away: slice, types: list[dict[str, Any]], crews: dict[str, int], **section: Any) -> Any:
    """One district; 30 requests beyond everyday on the second of five days, when crews with snow duty leave in the
    draws `away`."""
    plan = build.city_plan(yards=build.yards(1, crews), types=types, **section)
    d = dense(build.problem_of(plan, build.area_map(2, districts=1), 5))
    requests, duty = np.zeros((2, 5, DRAWS)), np.ones((5, len(types), DRAWS), dtype=bool)
    requests[:, 1] = 15
    leaves = [t.snow_duty for t in d.problem.crew_types]
    duty[1, leaves, away] = False
    return d, choose_readiness(d, {"flooding": requests}, np.full(DRAWS, 1 / DRAWS), None, duty=duty)


@pytest.mark.parametrize(("away", "level"), [(0, "storm"), (10, "call-in"), (17, "normal"), (DRAWS, "normal")])
def test_no_level_counts_on_crews_that_are_ploughing(build: Any, away: int, level: str) -> None:
    types = [build.types[0], build.types[1] | {"snow_duty": True}, build.types[2]]
    _, ready = _on_duty(build, slice(0, away), types, {"drainage": 4})
    (row,) = ready.table.set_index("date").loc[["2024-01-09"]].itertuples()
    rule, share = _rule(build), 1 - away / DRAWS
    by_hand = {x.name: x.cost + rule.cost_per_missed_request * (30 - share * min(7 * x.crews, 30)) for x in rule.levels}
    assert row.level == level == min(by_hand, key=lambda name: by_hand[name])
    assert ready.expected_cost == pytest.approx(by_hand[level])
    assert ("counting on 50% of its crews" in row.reason) == (away == 10)
    if away == 10:
        assert row.chance_of_exceeding == 1.0
        assert ready.held[1].sum() == 2


def test_crews_that_stay_in_the_snow_are_held_first(build: Any) -> None:
    types = [build.types[0], build.types[1] | {"snow_duty": True}, build.types[2] | {"snow_duty": False}]
    _, ready = _on_duty(build, slice(0, 18), types, {"drainage": 4, "mixed": 4})
    assert ready.held[1].sum(axis=(0, 1)).tolist() == [0, 0, 4]
    _, ready = _on_duty(build, slice(0, 0), types, {"drainage": 4, "mixed": 4})
    assert ready.held[1].sum(axis=(0, 1)).tolist() == [0, 4, 0], "without snow those with the fewest other skills"


def test_snow_duty_is_named_for_the_crews_that_are_held_and_nothing_else(build: Any) -> None:
    """Absence alone is no snow duty, nor is that of a type of which none is held; with both the share is duty's."""
    types = [build.types[0], build.types[1] | {"snow_duty": True}, build.types[2] | {"snow_duty": False}]

    def told(away: int, crews: dict[str, int], absence: float) -> str:
        _, ready = _on_duty(build, slice(0, away), types, crews, absence_share=absence)
        (row,) = ready.table[ready.table["crews"] > 0].itertuples()
        return str(row.reason)

    assert "snow duty" not in told(0, {"drainage": 4}, 0.1)
    assert "snow duty" not in told(18, {"drainage": 4, "mixed": 4}, 0.1)
    assert "counting on 80% of its crews not to be on snow duty" in told(4, {"drainage": 4}, 0.1)


@pytest.mark.parametrize("stated", [{"absence_share": 0.85}, {"rules": {"absence": {"mean": {"value": 0.85, "basis":
    "expert"}, "concentration": 20}}}])  # fmt: skip
def test_no_level_counts_on_crews_that_stay_away(build: Any, stated: dict[str, Any]) -> None:
    _, ready = _on_duty(build, slice(0, 0), build.types, {"drainage": 4})
    _, fewer = _on_duty(build, slice(0, 0), build.types, {"drainage": 4}, **stated)
    assert (ready.table["level"] == "storm").any()
    assert (fewer.table["level"] == "normal").all()
    assert fewer.expected_cost == 30 * 150
