from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from allocation.given import Given
from allocation.plan import allocate
from allocation.reasons import dispatch_reason, roster_reason
from allocation.waits import Waits, with_waits

WEDNESDAY = date(2025, 3, 19)


def _roster(**given: object) -> str:
    usual: dict[str, object] = {
        "crews": 1,
        "crew_type": "patching",
        "available": 1,
        "open_jobs": {"pothole": 25.2},
        "late_jobs": {"pothole": 19.4},
        "to_come": {"pothole": 15.9},
        "until": WEDNESDAY,
        "is_first": True,
        "snow_share": 0.0,
        "overtime_hours": 0.0,
        "held": 0,
    }
    return roster_reason(**{**usual, **given})  # type: ignore[arg-type]


def test_a_reason_says_who_goes_and_what_waits() -> None:
    assert _roster() == (
        "1 patching crew; 25 pothole jobs open within reach now, 19 past due, and 16 more expected by Wednesday evening"
    )
    assert _roster(is_first=False, late_jobs={"pothole": 0.01}).endswith(
        "25 pothole jobs open within reach by then and 16 more expected by Wednesday evening"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"crews": 0, "held": 1}, "1 patching crew held ready, working on events as they come; "),
        ({"crews": 2, "held": 1, "available": 3}, "2 patching crews on regular work, 1 more held ready; "),
        ({"crews": 0, "available": 0}, "no patching crew available; "),
        ({"crews": 0}, "no crew on this shift: 1 patching crew of the yard on another shift or held ready; "),
    ],
)
def test_a_slot_without_regular_crews_says_where_they_are(given: dict[str, object], said: str) -> None:
    assert _roster(**given).startswith(said)


def test_overtime_and_snow_duty_are_told() -> None:
    told = _roster(overtime_hours=1.5, snow_share=0.333)
    assert "1.5 h overtime, as lateness would cost more" in told
    assert told.endswith("away on snow duty in 33 % of the possible weathers")


def test_a_stop_tells_what_waits_there_and_what_is_left() -> None:
    told = {"category": "pothole", "backlog": 17.8, "late_now": 15.1, "to_come": 0.62, "until": date(2025, 3, 17)}
    assert dispatch_reason(area="D2-08", served=8.5, late=0.04, late_in_all=0.04, **told) == (
        "18 pothole jobs open here now, 15 past due, and 0.6 more expected by Monday evening; "
        "8.5 done on this shift, 0 late by that evening"
    )
    quiet = dispatch_reason(area="D2-08", served=8.5, late=0.0, late_in_all=0.0, **{**told, "to_come": 0.01})
    assert quiet.startswith("18 pothole jobs open here now, 15 past due; 8.5 done")
    assert "open within reach now" in dispatch_reason(area="*", served=8.5, late=0.0, late_in_all=0.0, **told)
    shared = dispatch_reason(area="D2-08", served=8.5, late=0.5, late_in_all=2.0, **told)
    assert shared.endswith("8.5 done on this shift, its share of the 2 late here by that evening: 0.5")


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (0.04, "25 pothole jobs open within reach now, 19 past due, and"),
        (7.0, "25 pothole jobs open within reach now, of which 7 cannot be begun yet, 19 past due, and"),
        (25.2, "25 pothole jobs open within reach now, none of which can be begun yet, 19 past due, and"),
    ],
)
def test_a_reason_says_what_of_the_open_work_cannot_be_begun_yet(waiting: float, said: str) -> None:
    assert said in _roster(waiting={"pothole": waiting})


def test_a_plan_whose_work_waits_says_so_in_roster_and_dispatch(build: Any) -> None:
    plan, areas = build.city_plan(yards=build.yards(1)), build.area_map(3)
    problem, paths = build.problem_of(plan, areas, 6), build.paths_of(plan, areas, 6, 10)
    shares = np.zeros((2, 31))
    shares[0, [0, 30]], shares[1, 0] = 0.5, 1.0
    slow = with_waits(problem, Waits(shares, ((True,) * 7,) * 2))
    given = Given(
        slow, paths, build.split(paths, (0.6, 0.9, 1.0)), areas, build.backlog_of(areas, "pothole", 12, age_days=1.5),
        build.weather_of(paths), {}, 7,
    )  # fmt: skip
    found = allocate(given)
    days = sorted(set(found.roster["date"]))
    assert slow.work[0].category == "pothole"
    for day in days[:3]:
        told = found.roster.loc[(found.roster["date"] == day) & (found.roster["crews"] > 0), "reason"]
        assert told.str.contains(r"pothole jobs? open .*cannot be begun yet").any()
    assert found.dispatch.loc[found.dispatch["category"] == "pothole", "reason"].str.contains("be begun yet").any()
    assert not found.dispatch.loc[found.dispatch["category"] == "flooding", "reason"].str.contains("be begun yet").any()
