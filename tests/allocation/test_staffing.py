from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocation.staffing import share_in_time, staffing_hints, teams_needed, upper_quantile
from domain.chance import generator


def test_erlang_c_agrees_with_a_simulated_queue() -> None:
    """Ten thousand requests, served in order by the first free team, against the formula."""
    rng = generator(2, "queue")
    teams, service, response, load = 3, 25.0, 30.0, 2.2
    arrive = np.cumsum(rng.exponential(service / load, 60_000))
    lasts = rng.exponential(service, arrive.size)
    free = [0.0] * teams
    waits = np.empty(arrive.size)
    for i, (at, last) in enumerate(zip(arrive.tolist(), lasts.tolist(), strict=True)):
        team = free.index(min(free))
        start = max(at, free[team])
        waits[i] = start - at
        free[team] = start + last
    assert share_in_time(teams, load, service, response) == pytest.approx(float((waits <= response).mean()), abs=0.015)


def test_one_team_with_half_its_time_taken_is_the_textbook_case() -> None:
    # M/M/1: P(wait > t) = load × exp(−(1 − load) t / service)
    assert share_in_time(1, 0.5, 20, 40) == pytest.approx(1 - 0.5 * np.exp(-1.0))


def test_more_requests_never_need_fewer_teams() -> None:
    teams = [teams_needed(r, 480, 25, 60) for r in range(120)]
    assert teams[0] == 0
    assert teams[1] == 1
    assert (np.diff(teams) >= 0).all()


def test_less_time_to_answer_needs_more_teams() -> None:
    assert teams_needed(40, 480, 25, 5) > teams_needed(40, 480, 25, 120)


def test_hints_hold_in_the_stated_share_of_draws(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(6, 3)
    problem = build.problem_of(plan, areas, 4)
    requests = generator(1, "noise").poisson(4.0, (6, 4, 3, 200))
    table = staffing_hints(problem, {"noise": requests}, {}, np.full(200, 1 / 200))
    assert len(table) == 4 * 3 * (3 + 1)
    assert (table["certainty"] >= 0.8).all()
    assert (table["owner"] == "police").all()
    city = table[table["district"] == "*"].sort_values(["shift", "date"])["expected_requests"].to_numpy()
    parts = table[table["district"] != "*"].groupby(["shift", "date"])["expected_requests"].sum().to_numpy()
    np.testing.assert_allclose(city, parts)


def test_a_city_without_perishable_work_gets_no_hints(build: Any) -> None:
    problem = build.problem_of(build.city_plan(categories=[build.pothole]), build.area_map(2), 2)
    assert staffing_hints(problem, {}, {}, np.ones(1)).empty


def test_upper_quantile_is_reached_by_at_least_the_share() -> None:
    values = np.array([[5.0, 1.0, 3.0, 2.0]])
    weight = np.array([0.1, 0.4, 0.2, 0.3])
    assert upper_quantile(values, weight, 0.7).tolist() == [2.0]
    assert upper_quantile(values, weight, 0.71).tolist() == [3.0]
    assert upper_quantile(values, weight, 1.0).tolist() == [5.0]
