from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation import plan as plan_module
from allocation.given import Given
from allocation.plan import Allocation, allocate
from domain.tables import DISPATCH, READINESS, ROSTER, STAFFING_HINTS

SHARES = (0.5, 0.3, 0.2)
DAYS = 6


def _allocate(
    build: Any,
    *,
    categories: list[Any] | None = None,
    areas: int = 9,
    mean: float = 0.7,
    backlog: int = 30,
    skip: int = 0,
    weather: bool = True,
    unlocated: dict[str, float] | None = None,
    **crews: Any,
) -> Allocation:
    plan = build.city_plan(categories=categories, **crews)
    where = build.area_map(areas, min(3, areas))
    paths = build.paths_of(plan, where, DAYS + skip, 40, mean)
    problem = build.problem_of(plan, where, DAYS, skip=skip)
    shares = SHARES[: len(problem.shifts)]
    return allocate(
        Given(
            problem,
            paths,
            build.split(paths, tuple(s / sum(shares) for s in shares)),
            where,
            pd.concat([build.backlog_of(where, "pothole", backlog, age_days=6)], ignore_index=True),
            build.weather_of(paths, 60, 1) if weather else None,
            unlocated or {},
            7,
        )
    )


@pytest.fixture(scope="module")
def normal(build: Any) -> Allocation:
    return _allocate(build)


def test_the_tables_keep_their_contracts(normal: Allocation) -> None:
    for table, frame in (
        (ROSTER, normal.roster),
        (DISPATCH, normal.dispatch),
        (READINESS, normal.readiness),
        (STAFFING_HINTS, normal.staffing_hints),
    ):
        assert len(table.validate(frame.assign(vintage_id="v"))) == len(frame) > 0
        keys = [k for k in table.key if k != "vintage_id"]
        assert frame.sort_values(keys)[keys].reset_index(drop=True).equals(frame[keys])


def test_the_same_inputs_and_seed_give_the_same_tables(build: Any, normal: Allocation) -> None:
    again = _allocate(build)
    for name in ("roster", "dispatch", "readiness", "staffing_hints"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(normal, name), check_exact=True)
    assert again.solve == normal.solve


def test_every_crew_has_one_shift_a_day_and_none_has_two(normal: Allocation) -> None:
    day = normal.roster.groupby(["date", "yard", "crew_type"])
    used = day["crews"].sum() + day["on_readiness"].sum()
    pd.testing.assert_series_equal(used, day["available"].first(), check_names=False)
    assert normal.roster["crews"].sum() > 0


def test_readiness_in_the_roster_is_the_readiness_table(build: Any) -> None:
    storm = _allocate(build, mean=3.0)
    held = storm.roster.groupby("date")["on_readiness"].sum()
    wanted = storm.readiness.groupby("date")["crews"].sum()
    assert wanted.sum() > 0
    pd.testing.assert_series_equal(held, wanted[held.index], check_names=False)


def test_dispatch_minutes_are_those_of_the_roster(normal: Allocation) -> None:
    keys = ["date", "shift", "yard", "crew_type"]
    sent = normal.dispatch.groupby(keys)[["expected_minutes", "crews"]].sum()
    roster = normal.roster.set_index(keys).loc[sent.index]
    np.testing.assert_allclose(sent["expected_minutes"], roster["expected_minutes"], atol=1e-4)
    assert (sent["crews"] <= roster["crews"] + roster["on_readiness"] + 1e-6).all()
    assert (normal.dispatch["minutes_low"] <= normal.dispatch["minutes_high"]).all()


def test_rows_that_share_a_place_tell_the_same_number_late_there(build: Any) -> None:
    found = _allocate(build, mean=2.0, backlog=300).dispatch
    named = found[found["area"] != "*"]
    told = named["reason"].str.extract(r"its share of the ([\d.]+) late here .*: ([\d.]+)$|, ([\d.]+) late by that")
    in_all = told[0].fillna(told[2])
    assert in_all.notna().all()
    assert (in_all.groupby([named[c] for c in ("date", "area", "category")]).nunique() == 1).all()
    assert told[0].notna().any(), "some place has several rows"


def test_areas_are_named_up_to_the_second_working_day_and_pooled_later(normal: Allocation) -> None:
    days = normal.dispatch.groupby("date")["area"].unique()
    assert all("*" not in set(areas) for areas in days.iloc[:2])
    assert all(set(areas) == {"*"} for areas in days.iloc[2:])


def test_areas_are_named_up_to_the_second_working_day_across_a_weekend(build: Any) -> None:
    later = _allocate(build, skip=4)  # from a Friday
    named = later.dispatch[later.dispatch["area"] != "*"]["date"].dt.day_of_week
    assert set(named) == {4, 0}


def test_the_worth_of_crews_is_positive_where_work_is_late(build: Any) -> None:
    busy = _allocate(build, mean=2.0, backlog=300)
    worked = busy.dispatch[busy.dispatch["crews"] > 0.2]
    assert (worked["marginal_value"] > 0).mean() > 0.9
    first = worked[worked["date"] == worked["date"].min()]["marginal_value"].sum()
    assert first > 0


def test_without_any_crew_all_work_is_shown_as_late(build: Any) -> None:
    nobody = _allocate(build, yards=build.yards(2, {"patching": 0, "drainage": 0}))
    assert nobody.roster["crews"].sum() == 0
    assert nobody.roster["reason"].str.contains("^no .* crew available").all()
    assert (nobody.dispatch["crews"] == 0).all()
    assert nobody.dispatch["expected_late"].sum() > 0
    assert nobody.solve.status.startswith("nothing to decide")


def test_work_nobody_reaches_in_time_is_listed_without_crews(build: Any) -> None:
    yards = [{"name": "y", "lat": 40.0, "lon": -90.0, "crews": {"patching": 1, "drainage": 0}}]
    short = _allocate(build, yards=yards, mean=3.0, categories=[build.pothole, build.flooding])
    left = short.dispatch[short.dispatch["category"] == "flooding"]
    assert (left["crews"] == 0).all()
    assert left["expected_late"].sum() > 0


def test_more_crews_leave_less_late(build: Any) -> None:
    late = [
        _allocate(build, mean=1.5, backlog=80, yards=build.yards(2, {"patching": n, "drainage": n}))
        .dispatch["expected_late"]
        .sum()
        for n in (1, 2, 4)
    ]
    assert late[0] > late[1] > late[2]


@pytest.mark.parametrize("categories", [["pothole"], ["flooding"], ["noise"], ["pothole", "noise"]])
def test_a_city_may_lack_any_kind_of_work(build: Any, categories: list[str]) -> None:
    found = _allocate(build, categories=[getattr(build, c) for c in categories])
    assert found.readiness.empty == ("flooding" not in categories)
    assert found.staffing_hints.empty == ("noise" not in categories)
    assert set(found.dispatch["category"]) <= set(categories) - {"noise"}


def test_a_city_of_one_area_without_coordinates_demand_backlog_or_weather_is_planned(build: Any) -> None:
    yards = [{"name": "y", "crews": {"patching": 1, "drainage": 1}}]
    quiet = _allocate(build, areas=1, mean=0.0, backlog=0, weather=False, yards=yards, shifts=build.shifts[:1])
    assert quiet.dispatch.empty
    assert (quiet.roster["crews"] == 1).all(), "crews are paid anyway and stay on their shift"
    assert quiet.readiness["level"].eq("normal").all()


def test_crews_that_plough_promise_nothing(build: Any) -> None:
    plan = build.city_plan(categories=[build.pothole])
    where = build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 60)
    weather = build.weather_of(paths, 60, 1)
    weather.values[:, 1, 4] = 60.0  # on every path
    found = allocate(
        Given(
            build.problem_of(plan, where, DAYS),
            paths,
            build.split(paths, SHARES),
            where,
            build.backlog_of(where, "pothole", 200),
            weather,
            {},
            7,
        )
    )
    snow = found.roster[(found.roster["date"] == "2024-01-09") & (found.roster["crew_type"] == "patching")]
    assert (snow["expected_minutes"] == 0).all()
    assert snow["reason"].str.contains("away on snow duty in 100 % of the possible weathers").all()


def test_more_requests_without_an_area_mean_more_work(build: Any) -> None:
    plain, scaled = _allocate(build), _allocate(build, unlocated={"pothole": 0.3, "noise": 0.5})
    assert scaled.roster["expected_minutes"].sum() > plain.roster["expected_minutes"].sum()
    city = [a.staffing_hints.query("district == '*'")["expected_requests"].sum() for a in (plain, scaled)]
    assert city[1] == pytest.approx(2 * city[0])


def test_arrays_that_do_not_fit_are_refused(build: Any) -> None:
    plan, where = build.city_plan(), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 20)
    problem, backlog = build.problem_of(plan, where, DAYS), build.backlog_of(where, "pothole", 1)
    with pytest.raises(ValueError, match="by shift"):
        allocate(Given(problem, paths, build.split(paths, (0.5, 0.5)), where, backlog, None, {}, 1))
    other = build.area_map(3)
    with pytest.raises(ValueError, match="different areas"):
        allocate(Given(problem, paths, build.split(paths, SHARES), other, backlog, None, {}, 1))


def test_the_published_roster_is_the_cheaper_of_the_candidates(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    choose = plan_module.choose_roster

    def watched(*args: Any) -> Any:
        seen.append(choose(*args))
        return seen[-1]

    monkeypatch.setattr(plan_module, "choose_roster", watched)
    found = _allocate(build, mean=1.0)
    choice = seen[0]
    is_simple = choice.simple_cost < choice.solved_cost
    assert found.solve.status.endswith("which is published") == is_simple
    evening = found.roster[found.roster["shift"] == "evening"]["crews"].sum()
    assert not (is_simple and evening), "every crew is on the longest shift, the day's"


def test_rows_of_the_dispatch_sum_to_what_the_rule_achieved(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    tabulate = plan_module.dispatch_table

    def watched(story: Any) -> Any:
        seen.append(story)
        return tabulate(story)

    monkeypatch.setattr(plan_module, "dispatch_table", watched)
    found = _allocate(build, mean=2.0, backlog=200)
    story = seen[0]
    worked = story.dense.worked.any(axis=(1, 2))
    assert worked.sum() == 5, "Monday to Friday of the six days"
    late = np.einsum("jahs,s->hj", story.outcome.late, story.weight)[worked]
    served = np.einsum("jahs,s->hj", story.outcome.served, story.weight)[worked]
    assert late.sum() > 0
    rows = found.dispatch.pivot_table(
        index="date", columns="category", aggfunc="sum", values=["expected_late", "expected_served"]
    )
    order = [w.category for w in story.dense.work]
    np.testing.assert_allclose(rows["expected_late"][order].to_numpy(), late, atol=1e-3)
    np.testing.assert_allclose(rows["expected_served"][order].to_numpy(), served, atol=1e-3)
