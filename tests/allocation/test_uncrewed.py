"""Work that nobody can do is named, whatever takes the crews away: no plan of it passes for a normal one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from allocation.uncrewed import check_work_has_crews, uncrewed
from configs.locks import inline_lock
from domain.errors import ConfigError
from pipelines.steps.plan_findings import plan_findings, plan_modes

FIRM = {
    "name": "Millrace", "yard": "yard 1", "crews": 2, "skills": {"patching": 40}, "price": 50,
    "jobs_per_shift": {"value": 8, "basis": "assumed"},
}  # fmt: skip
NO_JETTER = {"equipment": [{"name": "jetter", "crew_types": ["drainage"], "number": 0}]}


def _problem(build: Any, days: int = 4, **crews: Any) -> Any:
    given = {"yards": build.yards(2, {"patching": 1, "drainage": 1})} | crews
    return build.problem_of(build.city_plan(**given), build.area_map(2), days)


@pytest.mark.parametrize(
    ("crews", "said"),
    [
        ({}, {}),
        ({"yards": 0}, {"pothole": "no yard has any on a day", "flooding": "no yard has any on a day"}),
        ({"shifts": []}, {"pothole": "no yard has any on a day", "flooding": "no yard has any on a day"}),
        ({"absence_share": 1.0}, {"pothole": "all of them stay away", "flooding": "all of them stay away"}),
        ({"absence_share": 1.0, "contractors": [FIRM]}, {"flooding": "all of them stay away"}),
        ({"rules": NO_JETTER}, {"flooding": "of the equipment 'jetter', which they need, there is none"}),
        ({"yards": {"drainage": 1}, "contractors": [FIRM | {"from": "06-01", "until": "09-01"}]},
         {"pothole": "no yard has any on a day"}),
        ({"yards": {"drainage": 1}, "contractors": [FIRM]}, {}),
    ],
)  # fmt: skip
def test_work_is_without_crews_where_none_is_ever_at_work(
    build: Any, crews: dict[str, Any], said: dict[str, str]
) -> None:
    if "yards" in crews:
        crews = crews | {"yards": build.yards(2, crews["yards"] or {"patching": 0, "drainage": 0})}
    if "shifts" in crews:
        crews = crews | {"shifts": [s | {"weekdays": []} for s in build.shifts]}
    problem = _problem(build, **crews)
    found = uncrewed(problem)
    assert set(found) == set(said)
    assert all(found[category].startswith(why) for category, why in said.items())
    assert plan_modes(problem) == (("work without crews",) if said else ())
    told = plan_findings(problem, ())
    assert told["kind"].tolist() == (["mode"] if said else [])
    assert all(category in told["value"].iloc[0] for category in said)
    if said:
        with pytest.raises(ConfigError, match="needs crews with the skill"):
            check_work_has_crews(problem)
    else:
        check_work_has_crews(problem)


def test_a_lock_of_a_day_after_the_plan_is_told(build: Any) -> None:
    problem = _problem(build)
    days = (problem.dates[-1], problem.dates[-1] + timedelta(days=9))
    locks = [inline_lock(f"{day} day 'yard 1' patching=1") for day in days]
    told = plan_findings(problem, locks)
    assert told["item"].tolist() == [f"lock {locks[1]}"]
    assert str(problem.dates[-1]) in told["value"].iloc[0]
