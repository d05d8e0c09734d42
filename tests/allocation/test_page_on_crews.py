"""docs/crews.md is true: its example is read and planned on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from allocation.given import Given
from allocation.plan import allocate

PAGE = Path(__file__).parents[2] / "docs" / "crews.md"
DAYS = 5


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
