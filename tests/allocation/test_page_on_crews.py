"""docs/crews.md is true: its example is read and planned on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from allocation.given import Given
from allocation.plan import allocate
from domain.category import Figure
from domain.crew_rules import Absence

PAGE = Path(__file__).parents[2] / "docs" / "crews.md"
DAYS = 5


def _bare(value: Any) -> Any:
    """Every {value, basis} as the number alone."""
    if isinstance(value, dict):
        return value["value"] if set(value) == {"value", "basis"} else {k: _bare(v) for k, v in value.items()}
    return [_bare(v) for v in value] if isinstance(value, list) else value


def test_every_figure_of_the_page_may_be_a_number_which_counts_as_assumed(build: Any) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    crews = yaml.safe_load(text)["crews"]
    plain = _bare(crews)
    assert plain["rules"]["absence"]["mean"] == 0.06
    assert plain["contractors"][0]["jobs_per_shift"] == 8
    problem = build.problem_of(build.city_plan(**plain), build.area_map(4), DAYS)
    stated = build.problem_of(build.city_plan(**crews), build.area_map(4), DAYS)
    assert problem.rules.absence.mean == Figure(value=0.06, basis="assumed")
    assert stated.rules.absence.mean == Figure(value=0.06, basis="measured")
    assert [r.minutes_factor and r.minutes_factor.value for r in problem.weather_rules] == [1.5, None, 1.15]
    assert {r.minutes_factor.basis for r in problem.weather_rules if r.minutes_factor} == {"assumed"}
    firm = next(t.contract for t in problem.crew_types if t.contract)
    assert firm.jobs_per_shift == Figure(value=8, basis="assumed")


@pytest.mark.parametrize("wrong", [True, "6", {"value": 0.06}, [0.06]])
def test_what_is_no_number_is_no_figure(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Absence.model_validate({"mean": wrong, "concentration": 20})


def test_the_example_of_the_page_is_planned_and_keeps_its_limit_of_machines(build: Any) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    plan, where = build.city_plan(**yaml.safe_load(text)["crews"]), build.area_map(4)
    paths = build.paths_of(plan, where, DAYS, 24, 1.0)
    problem, split = build.problem_of(plan, where, DAYS), build.split(paths, (0.6, 0.4))
    backlog = build.backlog_of(where, "pothole", 12, age_days=6)
    weather = build.weather_of(paths, 60, 1)
    roster = allocate(Given(problem, paths, split, where, backlog, weather, {}, 7)).roster
    jetters = roster[roster["crew_type"] == "drainage"]
    assert (jetters.groupby("date")["crews"].sum() <= 1).all()
    assert "Millrace Paving" in {t.name for t in problem.crew_types}
