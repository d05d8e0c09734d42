"""What crews held ready buy: requests missed without them, by readiness's own account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.dense import Dense, dense
from allocation.missed_events import missed_avoided, missed_in_order
from allocation.readiness import EVERYDAY, Readiness, choose_readiness

DRAWS, DAYS = 20, 5
WEIGHT = np.full(DRAWS, 1 / DRAWS)


def storm(build: Any, heights: tuple[float, float], crews: int = 4) -> tuple[Dense, dict[str, Any], Readiness]:
    """Two districts of two areas each; so many requests an area come on the second day, nothing on the others."""
    plan, areas = build.city_plan(yards=build.yards(1, {"drainage": crews})), build.area_map(4)
    d = dense(build.problem_of(plan, areas, DAYS))
    requests = np.zeros((4, DAYS, 3, DRAWS))
    for district, height in zip(sorted(set(areas.district)), heights, strict=True):
        inside = [i for i, name in enumerate(areas.district) if name == district]
        requests[inside, 1, 0] = height
    ready = choose_readiness(d, {"flooding": requests.sum(axis=2)}, WEIGHT, None)
    return d, {"flooding": requests}, ready


def missed(d: Dense, requests: dict[str, Any], crews: dict[str, int], day: int = 1) -> float:
    """Requests beyond everyday and so many held crews a district, summed, on one day."""
    rule, total = _rule(d), 0.0
    for name, held in crews.items():
        inside = [i for i, a in enumerate(d.problem.areas) if a.district == name]
        daily = requests["flooding"][inside].sum(axis=(0, 2))
        everyday = np.quantile(daily, EVERYDAY)
        reach = everyday + held * rule.requests_per_crew_day.value
        total += float(np.maximum(daily[day] - reach, 0) @ WEIGHT)
    return total


def _rule(d: Dense) -> Any:
    return next(w.event for w in d.work if w.category == "flooding")


def test_held_crews_avoid_what_is_missed_without_them(build: Any) -> None:
    d, requests, ready = storm(build, (0.0, 8.0))
    found = missed_avoided(d, ready, requests, WEIGHT)
    (slot,) = found
    rows = ready.table[ready.table["crews"] > 0]
    now = dict(zip(rows["district"], rows["crews"], strict=True))
    assert ready.held[slot] == sum(now.values()) > 0
    more = missed(d, requests, dict.fromkeys(now, 0)) - missed(d, requests, now)
    assert found[slot].requests == pytest.approx(more)
    assert more > 0
    assert found[slot].money == pytest.approx(more * _rule(d).cost_per_missed_request)


def test_nothing_is_held_and_nothing_avoided_in_calm_weather(build: Any) -> None:
    d, requests, ready = storm(build, (0.0, 0.0))
    assert missed_avoided(d, ready, requests, WEIGHT) == {}


def test_crews_of_two_districts_taken_away_leave_both(build: Any) -> None:
    d, requests, ready = storm(build, (8.0, 8.0))
    rows = ready.table[ready.table["crews"] > 0]
    assert rows["district"].nunique() == 2
    now = dict(zip(rows["district"], rows["crews"], strict=True))
    (found,) = missed_avoided(d, ready, requests, WEIGHT).values()
    more = missed(d, requests, dict.fromkeys(now, 0)) - missed(d, requests, now)
    assert found.requests == pytest.approx(more)


def test_held_crews_added_in_order_avoid_together_what_all_of_them_avoid(build: Any) -> None:
    """Two types at one yard, so that the second to be added finds the first one there."""
    plan, areas = build.city_plan(yards=build.yards(1, {"drainage": 2, "mixed": 2})), build.area_map(4)
    d = dense(build.problem_of(plan, areas, DAYS))
    requests = np.zeros((4, DAYS, 3, DRAWS))
    requests[:2, 1, 0], requests[2:, 1, 0] = 8.0, 5.0
    ready = choose_readiness(d, {"flooding": requests.sum(axis=2)}, WEIGHT, None)
    slots = np.argwhere(ready.held > 0)
    assert len(slots) == 2, "both types are held"
    rows = ready.table[ready.table["crews"] > 0]
    now = dict(zip(rows["district"], rows["crews"], strict=True))
    whole = missed(d, {"flooding": requests}, dict.fromkeys(now, 0)) - missed(d, {"flooding": requests}, now)
    money = missed_in_order(d, ready, {"flooding": requests}, WEIGHT, slots)
    assert money.sum() == pytest.approx(whole * _rule(d).cost_per_missed_request)
    assert (money > 0).all()
    assert money[0] > money[1], "what is added first avoids most"
    idle = np.argwhere(np.ones_like(ready.held))[:3]
    assert (missed_in_order(d, ready, {"flooding": requests}, WEIGHT, idle) == 0).all()


def test_crews_that_leave_for_the_snow_avoid_nothing_while_they_plough(build: Any) -> None:
    """Two types held for two districts; one of them leaves in half of the draws."""
    types = [build.types[0], build.types[1] | {"snow_duty": True}, build.types[2] | {"snow_duty": False}]
    plan = build.city_plan(yards=build.yards(1, {"drainage": 4, "mixed": 1}), types=types)
    d = dense(build.problem_of(plan, build.area_map(4), DAYS))
    requests, duty = np.zeros((4, DAYS, 3, DRAWS)), np.ones((DAYS, 3, DRAWS), dtype=bool)
    requests[:2, 1, 0], requests[2:, 1, 0] = 8.0, 5.0
    duty[1, 1, ::2] = False
    ready = choose_readiness(d, {"flooding": requests.sum(axis=2)}, WEIGHT, None, duty=duty)
    assert sum(p.crews[1] for p in ready.posts) > 0 < sum(p.crews[2] for p in ready.posts)
    rule, whole = _rule(d), 0.0
    for post in ready.posts:
        beyond = 16.0 if post.d == 0 else 10.0
        come = (post.crews[:, None] * duty[1]).sum(axis=0)
        whole += beyond - float(np.maximum(beyond - rule.requests_per_crew_day.value * come, 0) @ WEIGHT)
    slots = np.argwhere(ready.held > 0)
    money = missed_in_order(d, ready, {"flooding": requests}, WEIGHT, slots)
    assert money.sum() == pytest.approx(whole * rule.cost_per_missed_request)
    (gone,) = [s for s in missed_avoided(d, ready, {"flooding": requests}, WEIGHT).items() if s[0][3] == 1]
    never = duty.copy()
    never[1, 1] = False
    assert gone[1].money > 0
    idle = replace(ready, there=ready.there * never)
    assert missed_avoided(d, idle, {"flooding": requests}, WEIGHT)[gone[0]].money == 0
