"""Fairness: off changes nothing, on needs a name, and its price is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from allocation.fairness_rule import MOST, FairnessRule, resolve_fairness
from allocation.given import Given
from allocation.known_waits import with_known_waits
from allocation.plan import Allocation, allocate
from allocation.problem import Problem
from domain.fairness import Fairness, FairnessEntry
from domain.panel import AreaMap, Demand

AREAS = tuple(f"a{i:03d}" for i in range(8))
ON = {"switched_on_by": "R. Example", "date": "2024-01-02"}


def reporting(propensity: list[float | None]) -> pd.DataFrame:
    """Intervals 0.3 wide each way."""
    middle = np.array(propensity, dtype=float)
    return pd.DataFrame({"category": "pothole", "area": AREAS, "propensity": middle, "high": middle + 0.3})


def no_demand(areas: AreaMap) -> Demand:
    dates = pd.date_range("2023-12-01", "2024-01-07", unit="us")
    counts = np.zeros((2, len(areas.names), len(dates)), dtype=np.int64)
    return Demand(dates, areas.names, ("flooding", "pothole"), counts, counts[:, 0])


def planned(
    build: Any, fairness: FairnessRule | None, crews: dict[str, int] | None = None, **more: Any
) -> tuple[Problem, Allocation]:
    plan = build.city_plan(yards=build.yards(2, crews or {"patching": 1, "drainage": 1}), **more)
    areas = build.area_map(8)
    paths = build.paths_of(plan, areas, 7, 24, mean=1.6)
    known = with_known_waits(build.problem_of(plan, areas, 7), plan.city.crews, None, no_demand(areas))
    problem = known.model_copy(update={"fairness": fairness})
    by_shift = build.split(paths, (0.6, 0.9, 1.0))
    backlog = build.backlog_of(areas, "pothole", 40)
    return problem, allocate(Given(problem, paths, by_shift, areas, backlog, None, {}, 3))


def rule(mode: str, **more: Any) -> FairnessRule:
    quiet = [0.5] * 3 + [1.0] * 5
    found = resolve_fairness(Fairness(mode=mode, **ON, **more), reporting(quiet), AREAS)
    assert found is not None
    return found


def assert_same(one: Allocation, other: Allocation) -> None:
    for name in ("roster", "dispatch", "readiness", "staffing_hints"):
        a, b = getattr(one, name), getattr(other, name)
        assert a.to_csv(float_format="%.17g").encode() == b.to_csv(float_format="%.17g").encode()
    assert one.solve == other.solve


def test_it_is_off_by_default() -> None:
    assert Fairness().mode == "off"
    assert resolve_fairness(Fairness(), reporting([0.5] * 8), AREAS) is None


@pytest.mark.parametrize("mode", ["weight", "floor"])
def test_nobody_can_switch_it_on_without_a_name_and_a_day(mode: str) -> None:
    for given in ({}, {"switched_on_by": "R. Example"}, {"date": "2024-01-02"}, ON | {"switched_on_by": "  "}):
        with pytest.raises(ValidationError, match="nobody switched it on"):
            Fairness(mode=mode, **given)


def test_factors_lift_quiet_areas_only_and_not_without_end() -> None:
    found = resolve_fairness(Fairness(mode="weight", **ON), reporting([0.8, 0.1, 1.0, 1.6, None, 0.5, 1.0, 2.0]), AREAS)
    assert found is not None
    assert found.factors["pothole"] == (1.25, MOST, 1.0, 1.0, 1.0, 2.0, 1.0, 1.0)


@pytest.mark.parametrize("mode", ["weight", "floor"])
def test_a_rule_that_lifts_nobody_leaves_the_plan_byte_for_byte(build: Any, mode: str) -> None:
    nobody = FairnessRule(mode=mode, floor=0.5, factors={}, **ON)  # type: ignore[arg-type]
    off, on = planned(build, None)[1], planned(build, nobody)[1]
    assert off.fairness is None
    assert on.fairness is not None
    assert on.fairness.price == 0.0
    status = on.solve.status.split("; fairness")[0]
    assert_same(off, Allocation(**{**vars(on), "solve": on.solve.model_copy(update={"status": status})}))


def test_weighting_leaves_less_late_where_people_report_less_and_says_its_price(build: Any) -> None:
    _, plan = planned(build, rule("weight"))
    assert plan.fairness is not None
    assert plan.fairness.late_with < plan.fairness.late_without
    assert (plan.fairness.areas, plan.fairness.pairs) == (3, 3)
    assert "of the 3 pairs of area and work that are taken to report less (3 surely)" in plan.solve.status
    assert plan.fairness.date == date(2024, 1, 2)
    assert "switched on by R. Example" in plan.solve.status
    assert f"{plan.fairness.price:,.0f} USD" in plan.solve.status


def test_a_floor_sets_minutes_aside_and_costs_where_crews_are_short(build: Any) -> None:
    off, on = planned(build, None)[1], planned(build, rule("floor", floor=1.0))[1]
    assert on.fairness is not None
    assert on.fairness.cost_with > on.fairness.cost_without
    assert on.fairness.price == pytest.approx(on.fairness.cost_with - on.fairness.cost_without)
    quiet = list(AREAS[:3])

    def share(plan: Allocation) -> float:
        named = plan.dispatch[plan.dispatch["area"].isin(AREAS) & (plan.dispatch["category"] == "pothole")]
        return float(named.loc[named["area"].isin(quiet), "expected_minutes"].sum() / named["expected_minutes"].sum())

    assert share(on) > share(off)


def test_a_problem_of_before_is_read_as_off(build: Any) -> None:
    problem, _ = planned(build, None)
    old = problem.model_dump(mode="json")
    del old["fairness"]
    assert Problem.model_validate(old).fairness is None
    lifted = problem.model_copy(update={"fairness": rule("weight")})
    assert Problem.model_validate_json(lifted.model_dump_json()) == lifted


def test_late_jobs_that_crews_cannot_begin_on_yet_count_in_the_areas_that_report_less(build: Any) -> None:
    """With every pair behind, late without the rule is what the plan publishes without it."""
    waits = {"days": {0: 0.5, 5: 0.5}, "basis": "expert"}
    work = [build.pothole | {"waits": waits}, build.flooding, build.noise]
    every = FairnessRule(mode="weight", floor=0.8, factors={"pothole": (1.5,) * 8}, **ON)  # type: ignore[arg-type]
    off, on = (planned(build, fairness, categories=work)[1] for fairness in (None, every))
    assert on.fairness is not None
    assert (on.fairness.areas, on.fairness.pairs) == (8, 8)
    assert on.fairness.late_without == pytest.approx(off.simulated.late_days["pothole"], abs=1e-3)
    assert on.fairness.late_with == pytest.approx(on.simulated.late_days["pothole"], abs=1e-3)
    assert on.fairness.cost_without == pytest.approx(off.simulated.dispatch, abs=0.01), "what waits costs nothing here"


def test_areas_that_may_report_as_much_are_not_said_to_report_less(build: Any) -> None:
    unsure = resolve_fairness(Fairness(mode="weight", **ON), reporting([0.8] * 3 + [None] * 5), AREAS)
    assert unsure is not None
    assert unsure.surely == {"pothole": 0}
    _, plan = planned(build, unsure)
    assert plan.fairness is not None
    assert (plan.fairness.pairs, plan.fairness.surely) == (3, 0)
    assert "that are taken to report less (none surely)" in plan.fairness.sentence("USD")
    before = plan.fairness.model_copy(update={"surely": None})
    assert "surely" not in before.sentence("USD")


def test_a_price_below_nothing_is_luck_and_told_as_none() -> None:
    entry = FairnessEntry(
        mode="weight", switched_on_by="R. Example", date=date(2024, 1, 2), floor=0.8, cost_with=98.0,
        cost_without=100.0, late_with=1.0, late_without=2.0, areas=3, pairs=3,
    )  # fmt: skip
    assert "costs nothing that can be measured over the plan (98 with, 100 without" in entry.sentence("USD")
    dearer = entry.model_copy(update={"cost_with": 102.0})
    assert "costs 2 USD over the plan" in dearer.sentence("USD")
