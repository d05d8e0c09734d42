"""Rules of a city that replay and budget do not play in full, to be said beside their figures."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.problem import Problem
from domain.crew_rules import CrewRules

REST = "rest and longest week across the first day of each roster"


def unplayed_in_replay(problem: Problem) -> str:
    """A sentence that names them, empty where the city has none."""
    rules, usual = problem.rules, CrewRules()
    return _told(
        {
            f"{REST}, and of crews that are moved in the morning": rules.working_time != usual.working_time,
            "least service and alike lateness of districts, kept by policies that plan on a belief": rules.by_district,
            "contractors, ordered by policies that plan on a belief": any(t.contract for t in problem.crew_types),
        }
    )


def unplayed_in_budget(problem: Problem, contractors: Sequence[str] = ()) -> str:
    """A sentence that names them, empty where the city has none. contractors: of the crews section."""
    rules, usual = problem.rules, CrewRules()
    return _told(
        {
            "call-out and holiday pay": rules.pay != usual.pay,
            "rest and longest week": rules.working_time != usual.working_time,
            "limits of equipment": bool(rules.equipment),
            "least service and alike lateness of districts": rules.by_district,
            f"contractors under `crews` ({', '.join(contractors)})": bool(contractors),
        }
    )


def _told(named: dict[str, bool]) -> str:
    left = [name for name, is_used in named.items() if is_used]
    return f"Not played in full here, though the city has them: {'; '.join(left)}." if left else ""
