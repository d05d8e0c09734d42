"""Rules of a city that replay and budget do not play in full, to be said beside their figures."""

from __future__ import annotations

from allocation.problem import Problem
from domain.crew_rules import CrewRules


def unplayed_rules(problem: Problem, *, weather_is_played: bool = False) -> str:
    """A sentence that names them, empty where the city has none."""
    rules, usual = problem.rules, CrewRules()
    named = {
        "weather rules": bool(problem.weather_rules) and not weather_is_played,
        "snow seasons and the days after snow": bool(problem.snow_duty) and not weather_is_played,
        "absence as a distribution": rules.absence is not None,
        "call-out and holiday pay": rules.pay != usual.pay,
        "rest and longest week": rules.working_time != usual.working_time,
        "limits of equipment": bool(rules.equipment),
        "least service and alike lateness of districts": rules.by_district,
        "contractors under `crews`": any(t.contract is not None for t in problem.crew_types),
    }
    left = [name for name, is_used in named.items() if is_used]
    return f"Not played in full here, though the city has them: {', '.join(left)}." if left else ""
